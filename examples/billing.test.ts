/** Invoices, compared with the same sums in whole thousandths and loops. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Place } from './place.ts'

const place = new Place()
before(() => place.run('examples/billing.ts#usage'))
after(() => place.remove())

interface Usage {
  readonly customer: string
  readonly gigabytes: string | number
  readonly used_at: string
}

/** Half a unit goes away from zero; amounts here are not negative. */
const divided = (a: bigint, by: bigint): bigint => (2n * a + by) / (2n * by)
const cents = (amount: bigint): string => `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`

/** 'customer|month|used|records|net|vat|total' from the file of usage, sorted. */
function byHand(): string[] {
  const lines = gunzipSync(readFileSync(place.path('out/usage.ndjson.gz')))
    .toString()
    .trimEnd()
    .split('\n')
  const sums = new Map<string, { megabytes: bigint; records: number }>()
  for (const line of lines) {
    const { customer, gigabytes, used_at } = JSON.parse(line) as Usage
    const key = `${customer}|${used_at.slice(0, 7)}-01`
    const sum = sums.get(key) ?? { megabytes: 0n, records: 0 }
    sum.megabytes += BigInt(Math.round(Number(gigabytes) * 1000))
    sum.records++
    sums.set(key, sum)
  }
  const invoices = [...sums].map(([key, { megabytes, records }]) => {
    // A megabyte costs 9, 7 and 5 thousandths of a cent.
    let price = 0n
    for (const [from, to, each] of TIERS) {
      if (megabytes <= from) continue
      const reached = megabytes > to ? to - from : megabytes - from
      price += reached * each
    }
    const net = divided(price, 1000n)
    const vat = divided(net * 19n, 100n)
    const used = `${megabytes / 1000n}.${String(megabytes % 1000n).padStart(3, '0')}`
    return `${key}|${used}|${records}|${cents(net)}|${cents(vat)}|${cents(net + vat)}`
  })
  return invoices.sort()
}

const TIERS = [
  [0n, 100_000n, 9n],
  [100_000n, 1_000_000n, 7n],
  [1_000_000n, 10n ** 12n, 5n],
] as const

const invoiced = (file: string): string => `
  SELECT customer, month, used, records, net, vat, total
  FROM read_csv('out/invoices/${file}.csv', all_varchar = true)`

test('one invoice for each customer and month, exact to the cent', async () => {
  const { rowsRead, processed } = place.run('examples/billing.ts#invoices')
  assert.deepEqual([rowsRead, processed], [26_000, 26_000])
  const rows = (await place.ask(invoiced('*'))).sort()
  assert.equal(rows.length, 40 * 3)
  assert.deepEqual(rows, byHand())
})

test('every tier is reached, and the file of a month has that month only', async () => {
  const used = byHand().map(row => Number(row.split('|')[2]))
  for (const [from, to] of TIERS) {
    const [low, high] = [Number(from) / 1000, Number(to) / 1000]
    assert.ok(
      used.some(gigabytes => gigabytes > low && gigabytes < high),
      `${low} to ${high}`,
    )
  }
  const months = await place.ask(`SELECT DISTINCT month FROM (${invoiced('2024-02')})`)
  assert.deepEqual(months, ['2024-02-01'])
})

test('a month is computed again on its own', async () => {
  const before = place.files('out/invoices/*.csv')
  const interval = ['--from', '2024-02-01', '--to', '2024-03-01']
  assert.equal(place.run('examples/billing.ts#invoices', ...interval).rowsWritten, 40)
  const now = place.files('out/invoices/*.csv')
  for (const name of ['2024-01', '2024-03'].map(month => `out/invoices/${month}.csv`)) {
    assert.equal(now.get(name), before.get(name), name)
  }
  assert.deepEqual((await place.ask(invoiced('*'))).sort(), byHand())
})
