/** The bank against the ledger: every payment has one status, and the totals prove it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Place } from './place.ts'

const place = new Place()

before(() => {
  for (const name of ['bank', 'ledger', 'reconciliation', 'totals']) {
    place.run(`examples/reconciliation.ts#${name}`)
  }
})
after(() => place.remove())

/** Cents by reference. */
type Amounts = Map<string, bigint>

const centsOf = (text: string): bigint => BigInt(text.replace('.', ''))

function bankAmounts(): Amounts {
  const lines = gunzipSync(readFileSync(place.path('out/bank.csv.gz')))
    .toString()
    .trimEnd()
    .split('\n')
  assert.equal(lines[0], 'reference;booked_on;amount')
  const cells = lines.slice(1).map(line => line.split(';'))
  return new Map(cells.map(([reference, , amount]) => [reference!, centsOf(amount!)]))
}

function ledgerAmounts(): Amounts {
  const lines = place.text('out/ledger.ndjson').trimEnd().split('\n')
  // A decimal may stand in JSON as a number, of which no parser may make a double: its text is taken as it is.
  const found = lines.map(line => /"reference":(\d+),.*"amount":"?(-?\d+\.\d\d)\b/.exec(line)!)
  return new Map(found.map(([, reference, amount]) => [reference!, centsOf(amount!)]))
}

function statusOf(bank: bigint | undefined, ledger: bigint | undefined): string {
  if (ledger === undefined) return 'only in bank'
  if (bank === undefined) return 'only in ledger'
  return bank === ledger ? 'matched' : 'amounts differ'
}

test('each payment of either side appears once, with its status', async () => {
  const [bank, ledger] = [bankAmounts(), ledgerAmounts()]
  const expected = [...new Set([...bank.keys(), ...ledger.keys()])].map(reference => {
    const [a, b] = [bank.get(reference), ledger.get(reference)]
    return [reference, amount(a), amount(b), statusOf(a, b)].join('|')
  })
  const rows = await place.ask(
    `SELECT reference, bank_amount, ledger_amount, status FROM read_csv('out/reconciliation.csv', all_varchar = true)`,
  )
  assert.deepEqual(rows.sort(), expected.sort())
  assert.equal(new Set(rows.map(row => row.split('|').at(-1))).size, 4)
})

test('the totals of each status add up to the totals of both files', async () => {
  const [bank, ledger] = [bankAmounts(), ledgerAmounts()]
  const rows = await place.ask(
    `SELECT status, payments, bank_total, ledger_total FROM read_csv('out/totals.csv', all_varchar = true)`,
  )
  const sums = new Map(rows.map(row => row.split('|')).map(([status, ...numbers]) => [status!, numbers]))
  const total = (column: number): bigint =>
    [...sums.values()].reduce((sum, numbers) => sum + centsOf(numbers[column] || '0.00'), 0n)
  const all = (amounts: Amounts): bigint => [...amounts.values()].reduce((a, b) => a + b, 0n)
  assert.equal(total(1), all(bank))
  assert.equal(total(2), all(ledger))
  const [matched, only] = [sums.get('matched')!, sums.get('only in bank')!]
  assert.equal(matched[1], matched[2])
  assert.deepEqual(
    [only[0], only[2]],
    [String([...bank.keys()].filter(reference => !ledger.has(reference)).length), ''],
  )
})

/** '-12.05' of −1205; nothing of nothing. */
function amount(cents: bigint | undefined): string {
  if (cents === undefined) return ''
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
