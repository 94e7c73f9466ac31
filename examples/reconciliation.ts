/**
 * Bank reconciliation: do the bank and our own ledger say the same? A full join keeps what only one of them knows.
 *
 *     npx headrace run examples/reconciliation.ts#bank
 *     npx headrace run examples/reconciliation.ts#ledger
 *     npx headrace run examples/reconciliation.ts#reconciliation
 *     npx headrace run examples/reconciliation.ts#totals
 */
import { count, files, generate, pipeline, sum, t, when } from 'headrace'

const schema = { reference: t.int64(), booked_on: t.date(), amount: t.decimal(12, 2) }

const payments = generate({
  schema,
  columns: {
    reference: generate.sequence({ from: 100_000 }),
    booked_on: generate.uniform(19_905, 19_934),
    amount: generate.uniform(-5_000, 5_000),
  },
  rows: 10_000,
  seed: 3,
})

// The bank writes semicolons and compresses. It has not seen every payment yet.
const bankFile = { delimiter: ';' } as const
export const bank = pipeline(
  'bank',
  payments.filter(c => c.reference.mod(97).ne(0)),
  { to: files.csv('out/bank.csv.gz', bankFile) },
)

// Somebody types the ledger: some payments are missing, and some amounts are five cents off.
export const ledger = pipeline(
  'ledger',
  payments
    .filter(c => c.reference.mod(89).ne(0))
    .with(c => ({ amount: when(c.reference.mod(101).eq(0), c.amount.sub('0.05')).else(c.amount) }))
    .with(c => ({ amount: c.amount.cast(t.decimal(12, 2)) })),
  { to: files.ndjson('out/ledger.ndjson') },
)

const inBank = files.csv('out/bank.csv.gz', { schema, ...bankFile }).select(c => ({
  reference: c.reference,
  bank_amount: c.amount,
}))
const inLedger = files.ndjson('out/ledger.ndjson', { schema }).select(c => ({
  reference: c.reference,
  ledger_amount: c.amount,
}))

const compared = inBank.join(inLedger, { on: 'reference', how: 'full' }).with(c => ({
  status: when(c.ledger_amount.isNull(), 'only in bank')
    .when(c.bank_amount.isNull(), 'only in ledger')
    .when(c.bank_amount.ne(c.ledger_amount), 'amounts differ')
    .else('matched'),
}))

export const reconciliation = pipeline('reconciliation', compared, {
  to: files.csv('out/reconciliation.csv', { write: 'replace' }),
})

export const totals = pipeline(
  'totals',
  compared.groupBy('status').agg({
    payments: count(),
    bank_total: sum('bank_amount'),
    ledger_total: sum('ledger_amount'),
  }),
  { to: files.csv('out/totals.csv', { write: 'replace' }) },
)
