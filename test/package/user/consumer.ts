/** Types as a strict user sees them; the compiler is the test. */
import {
  avg,
  count,
  type Dataset,
  Decimal,
  files,
  type HeadraceError,
  memory,
  open,
  type Pipeline,
  pipeline,
  type RowOf,
  type RunReport,
  sum,
  t,
  toDate,
  tumbling,
} from 'headrace'
import { batchOfRows, type Sink, type Source, writeTo } from 'headrace/connector'
import {
  type Gate,
  gate,
  given,
  runOnRows,
  scriptedSink,
  scriptedSource,
  simulatedClock,
} from 'headrace/testing'
import { verify } from 'headrace/verify'

const schema = { id: t.int64(), price: t.decimal(12, 2), at: t.timestamp(), note: t.nullable(t.string()) }
const orders = files.csv('orders.csv', { schema, key: 'id', eventTime: { column: 'at' } })
const row: RowOf<typeof schema> | undefined = undefined
const note: string | null = (row as unknown as RowOf<typeof schema>).note

const perMinute = orders
  .filter(c => c.price.gt(1))
  .window(tumbling('1 minute'))
  .agg({ revenue: sum('price'), mean: avg('price'), n: count() })
// @ts-expect-error: there is no such column
orders.groupBy('product')

export const revenue: Pipeline = pipeline('revenue', perMinute, { to: files.parquet('revenue.parquet') })
export const like: Dataset<typeof schema, 'append', 'id', 'at'> = orders

export async function use(): Promise<[RunReport, bigint, Date, Decimal | null]> {
  const session = await open()
  const report = await session.run(revenue)
  for await (const { id, at } of session.rows(orders)) console.log(id, toDate(at), note)
  const held: Gate = gate()
  const clock = simulatedClock()
  const typed = pipeline('typed', perMinute, { to: scriptedSink({ faults: [{ slow: 'commit', by: held }] }) })
  const script = scriptedSource(orders, [
    { rows: [{ id: 1, price: '1', at: '2024-01-01T00:00:00Z', note: null }] },
  ])
  const { rows } = await runOnRows(typed, { inputs: [given(orders, script)], clock })
  const first = rows[0]!
  await verify(perMinute)
  const { code }: Pick<HeadraceError, 'code'> = { code: 'STOPPED' }
  console.log(code, memory.rows([], { schema }))
  return [report, BigInt(first.n), toDate(first.window_start), first.revenue ?? new Decimal(0n, 2)]
}

const nowhere: Sink = {
  name: 'nowhere',
  onReplay: 'idempotent',
  accepts: ['append'],
  open: async () => ({
    committed: async () => 0,
    write: async (_, { length }) => console.log(length),
    commit: async () => undefined,
    close: async () => undefined,
  }),
}
export const lost: Pipeline = pipeline('lost', orders, { to: writeTo(nowhere, 'append') })
export const once: Source['read'] = async function* () {
  yield { batch: batchOfRows({ n: t.int32() }, [{ n: 1 }]), position: 1 }
}
