import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count, generate, sum, t, tumbling } from '../index.ts'
import { nameOperators } from './name.ts'

const orders = generate({
  schema: { product: t.string(), price: t.decimal(10, 2), at: t.timestamp() },
  columns: {
    product: generate.oneOf(['a', 'b']),
    price: generate.uniform(0, 100),
    at: generate.sequence({ step: '1 second' }),
  },
  eventTime: { column: 'at' },
  rows: 10,
})

const namesOf = (dataset: { readonly node: Parameters<typeof nameOperators>[1][number] }): string[] => [
  ...nameOperators('p', [dataset.node]).values(),
]

test('operators are named by kind and keys, inputs first, alike in every run', () => {
  const build = () =>
    orders
      .filter(c => c.price.gt(1))
      .window(tumbling('1 minute'))
      .groupBy('product')
      .agg({ revenue: sum('price') })
      .filter(c => c.revenue.gt(10))
      .map('score', { out: { product: t.string() }, version: 1 }, row => ({ product: row.product }))
  assert.deepEqual(namesOf(build()), [
    `p/source(${orders.node.kind === 'source' ? orders.node.source.name : ''})`,
    'p/filter',
    'p/aggregate(product, 1 minute)',
    'p/filter#2',
    'p/map(score)',
  ])
  assert.deepEqual(namesOf(build()), namesOf(build()))
})

test('a chosen name replaces the made one', () => {
  const named = orders.groupBy('product').agg({ n: count() }).named('per product')
  assert.equal(namesOf(named).at(-1), 'p/per product')
})

test('two operators that keep state may not share a name', () => {
  const twice = orders
    .groupBy('product')
    .agg({ n: count() })
    .join(orders.groupBy('product').agg({ revenue: sum('price') }), { on: 'product' })
  assert.throws(() => namesOf(twice), { code: 'NAME_TAKEN', message: /aggregate\(product\).*\.named\(/ })
  const apart = orders
    .groupBy('product')
    .agg({ n: count() })
    .join(
      orders
        .groupBy('product')
        .agg({ revenue: sum('price') })
        .named('revenue'),
      { on: 'product' },
    )
  assert.equal(namesOf(apart).length, 4)
})

test('chosen names collide also where nothing is kept', () => {
  const twice = orders
    .filter(c => c.price.gt(1))
    .named('big')
    .filter(c => c.price.gt(2))
    .named('big')
  assert.throws(() => namesOf(twice), { code: 'NAME_TAKEN' })
})

test('a node with two readers has one name', () => {
  const big = orders.filter(c => c.price.gt(1))
  assert.equal(namesOf(big.union(big)).length, 3)
})
