import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  approxCountDistinct,
  concat,
  desc,
  explain,
  files,
  generate,
  microBatch,
  pipeline,
  print,
  quantile,
  sum,
  t,
  tumbling,
  when,
} from '../index.ts'

const orders = generate({
  schema: { product: t.string(), price: t.decimal(10, 2), at: t.timestamp() },
  columns: {
    product: generate.oneOf(['a', 'b']),
    price: generate.uniform(0, 100),
    at: generate.sequence({ step: '1 second' }),
  },
  eventTime: { column: 'at', outOfOrderness: '5 seconds' },
  rows: 10,
})
const source = orders.node.kind === 'source' ? orders.node.source.name : ''
const leaf = (indent: string): string =>
  `${indent}source(${source}) → append, event time at
${indent}    product string, price decimal(10,2), at timestamp
${indent}    bounded, repeatable, at most 5 seconds out of order`

test('a plan is explained result first, with modes, keys, event times and approximations', () => {
  const revenue = orders
    .filter(c => c.price.gt(1).and(c.product.ne('x')))
    .window(tumbling('1 minute'), { allowedLateness: '10 seconds' })
    .groupBy('product')
    .agg({ revenue: sum('price'), products: approxCountDistinct('product'), p99: quantile('price', 0.99) })
  assert.equal(
    explain(revenue),
    `aggregate(product, 1 minute) → upsert by (product, window_start, window_end), event time window_end − 1 µs
    emits when a window closes, takes rows 10 seconds late
    revenue = sum(price)
    products ≈ approxCountDistinct(product)
    p99 ≈ quantile(price, 0.99)
  filter → append, event time at
      where (price > 1) and (product ≠ 'x')
${leaf('    ')}`,
  )
})

test('expressions are written as a person reads them, and what is shared is shown once', () => {
  const labelled = orders.select(c => ({
    product: c.product,
    label: concat(c.product, '!'),
    tier: when(c.price.mul('1.1').gt(10), 'high').else('low'),
    day: c.at.truncate('day').add('1 day'),
  }))
  assert.equal(
    explain(labelled.union(labelled).orderBy(desc('label')).limit(3, { offset: 1 })),
    `sort → changelog
    by label desc, 3 rows after 1
  union → append
    select → append
        label = concat(product, '!')
        tier = case((price × 1.1) > 10, 'high', 'low')
        day = dateAdd(truncate(at, day), 1 day)
${leaf('      ')}
    select (as above)`,
  )
})

test('a pipeline is explained with its mode, its targets, and what each route promises', () => {
  const to = [print(), files.csv('copy.csv')]
  const copy = pipeline('copy', orders, { mode: microBatch('2 seconds'), to })
  assert.equal(
    explain(copy),
    `pipeline copy: micro-batch every 2 seconds
  to print, append
    from ${source} at least once
  to csv copy.csv, append
    from ${source} exactly once
${leaf('')}`,
  )
  const node = orders.node.kind === 'source' ? orders.node : assert.fail()
  const passing = { ...node, source: { ...node.source, repeatable: false } }
  assert.match(explain({ ...copy, node: passing }), /to print, append\n {4}from .* not repeatable/)
  const fresh = pipeline('fresh', orders, { freshness: '5 minutes', to: print() })
  assert.match(explain(fresh), /^pipeline fresh: at most 5 minutes old\n/)
})
