/**
 * Monthly billing: what customers used becomes one invoice for each customer and month.
 *
 *     npx headrace run examples/billing.ts#usage
 *     npx headrace run examples/billing.ts#invoices
 *     npx headrace run examples/billing.ts#invoices --from 2024-02-01 --to 2024-03-01
 */
import { count, files, generate, lit, pipeline, sum, t } from 'headrace'

const schema = {
  customer: t.string(),
  gigabytes: t.decimal(9, 3),
  used_at: t.timestamp(),
}

// Forty customers; the fortieth uses forty times as much as the first.
const customers = Array.from({ length: 40 }, (_, i) =>
  Array<string>(i + 1).fill(`customer-${String(i + 1).padStart(2, '0')}`),
).flat()

// Three months, a record every five minutes.
const made = generate({
  schema,
  columns: {
    customer: generate.oneOf(customers),
    gigabytes: generate.uniform(0.001, 9),
    used_at: generate.sequence({ from: '2024-01-01T00:00:00Z', step: '300 seconds' }),
  },
  rows: 26_000,
  seed: 12,
  eventTime: { column: 'used_at' },
})

export const usage = pipeline('usage', made, { to: files.ndjson('out/usage.ndjson.gz') })

const monthly = files
  .ndjson('out/usage.ndjson.gz', { schema, eventTime: { column: 'used_at' } })
  .with(c => ({ month: c.used_at.cast(t.date()).truncate('month') }))
  .groupBy('customer', 'month')
  .agg({ used: sum('gigabytes'), records: count() })

// The first 100 GB of a month cost 0.09 each, the next 900 cost 0.07, and what is beyond costs 0.05.
const exact = t.decimal(12, 3)
const zero = lit('0', exact)

const priced = monthly
  .with(c => ({ used: c.used.cast(exact) }))
  .with(c => ({
    net: c.used
      .least('100')
      .mul('0.09')
      .add(c.used.least('1000').sub('100').greatest(zero).mul('0.07'))
      .add(c.used.sub('1000').greatest(zero).mul('0.05'))
      // Rounded once, when the month is summed: half a cent goes away from zero.
      .round(2),
  }))
  .with(c => ({ vat: c.net.mul('0.19').round(2) }))
  .with(c => ({ total: c.net.add(c.vat) }))

export const invoices = pipeline('invoices', priced, {
  to: files.csv('out/invoices/{yyyy}-{MM}.csv', { datedBy: 'month' }),
})
