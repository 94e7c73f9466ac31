/** Uses that must compile, though nothing of them is special: they were refused once, or nearly so. Nothing here runs. */
import {
  batch,
  env,
  files,
  type Pipeline,
  pipeline,
  print,
  type Relation,
  type Schema,
  type Target,
  t,
  type Write,
  warehouse,
} from 'headrace'

const schema = { id: t.int64(), region: t.string(), day: t.date(), 'amount (€)': t.decimal(12, 2) }
const orders = files.csv('orders.csv', { schema, key: 'id' })

/** Targets whose update modes only the run time knows. */
declare const target: Target
declare const targets: readonly Target[]
declare const write: Write
declare const large: boolean
export const toSome = [
  pipeline('one', orders, { to: target }),
  pipeline('several', orders, { to: targets }),
  pipeline('written', orders, { to: files.csv('copy.csv', { write }) }),
  pipeline('either', orders, { to: large ? files.parquet('orders/') : warehouse.table('orders') }),
  pipeline('lists', orders, {
    to: large ? [print()] : [print(), warehouse.table('orders', { write: 'upsert' })],
  }),
]

/** Helpers over any schema. */
export function landed<const S extends Schema>(name: string, columns: S): Pipeline<S> {
  const raw = files.ndjson(`${name}.ndjson`, { schema: columns, compression: 'gzip' })
  return pipeline(name, raw, { to: warehouse.table(name, { write: 'replace', onSchemaChange: 'evolve' }) })
}
export function archived<S extends Schema>(
  name: string,
  dataset: Relation<S, 'append', string>,
): Pipeline<S> {
  return pipeline(name, dataset, { to: files.parquet(`${name}/`), mode: batch() })
}
declare const format: keyof typeof files
export const byName = [landed('users', { id: t.int64() }), archived('orders', orders)].map(({ name }) =>
  files[format](`${name}.out`),
)

/** Options that come as readonly lists, or are told apart by a condition. */
const paths = ['a.csv', env('MORE')] as const
const layout = { partitionBy: ['day', 'region'], write: 'replace' } as const
export const places = [
  files.csv(paths, { schema, ...layout }),
  files.csv('orders/', { like: orders, ...layout }),
  files.parquet('orders/', layout),
  files.parquet('orders/{yyyy}/', { schema, datedBy: 'day', partitionBy: ['region', 'amount (€)'] }),
]

/** A schema that only the run time knows. */
declare const columns: Schema
export const unknown = files.csv('any.csv', { schema: columns, partitionBy: ['anything'], datedBy: 'any' })
