import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Agg,
  aggregate,
  approxCountDistinct,
  argMax,
  avg,
  boolAnd,
  boolOr,
  type ColumnType,
  count,
  countDistinct,
  type Dataset,
  type Decimal,
  desc,
  first,
  generate,
  hopping,
  type Instant,
  last,
  max,
  min,
  quantile,
  stddev,
  sum,
  t,
  tumbling,
} from '../../index.ts'
import { typeText } from '../../schema/type.ts'
import type { Node } from '../node.ts'

const { sequence, oneOf } = generate
const orders = generate({
  schema: {
    id: t.string(),
    product: t.string(),
    price: t.decimal(10, 2),
    note: t.nullable(t.int32()),
    at: t.timestamp(),
  },
  columns: {
    id: oneOf(['1', '2']),
    product: oneOf(['a', 'b']),
    price: sequence(),
    note: sequence(),
    at: sequence({ step: '1 second' }),
  },
  key: 'id',
  eventTime: { column: 'at' },
  rows: 10,
})
const products = generate({
  schema: { product: t.string(), weight: t.float64(), heavy: t.bool() },
  columns: { product: oneOf(['a', 'b']), weight: sequence(), heavy: oneOf([true, false]) },
  rows: 10,
})

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
/** Fails to compile unless both types are the same. */
const same = <A, B>(_: Same<A, B>): void => {}
type Shape<D> =
  D extends Dataset<infer S, infer M, infer K, infer T>
    ? [{ -readonly [N in keyof S]: S[N] }, M, K, T]
    : never

const columns = (node: Node): string =>
  Object.entries(node.schema)
    .map(([name, type]) => `${name} ${typeText(type)}`)
    .join(', ')
const identity = ({ mode, key, eventTime }: Node): readonly unknown[] => [mode, key, eventTime]

test('select and rename keep the key and the event time under other names', () => {
  const selected = orders.select(c => ({ order: c.id, when: c.at, total: c.price.mul(2) }))
  same<
    Shape<typeof selected>,
    [
      {
        order: ColumnType<'string', string>
        when: ColumnType<'timestamp', Instant>
        total: ColumnType<'decimal', Decimal>
      },
      'append',
      'order',
      'when',
    ]
  >(true)
  assert.equal(columns(selected.node), 'order string, when timestamp, total decimal(11,2)')
  assert.deepEqual(identity(selected.node), ['append', ['order'], 'when'])
  const renamed = orders.rename({ id: 'order', at: 'when' })
  same<Shape<typeof renamed>[2] | Shape<typeof renamed>[3], 'order' | 'when'>(true)
  assert.deepEqual(identity(renamed.node), ['append', ['order'], 'when'])
})

test('with adds at the end and replaces in place; what is computed is no key', () => {
  const added = orders.with(c => ({ id: c.id.lower(), total: c.price.mul(2) }))
  same<Shape<typeof added>[2], never>(true)
  same<Shape<typeof added>[3], 'at'>(true)
  assert.equal(Object.keys(added.node.schema).join(), 'id,product,price,note,at,total')
  assert.deepEqual(identity(added.node), ['append', undefined, 'at'])
  const dropped = orders.drop('at', 'note')
  same<Shape<typeof dropped>[3], never>(true)
  assert.deepEqual(identity(dropped.node), ['append', ['id'], undefined])
})

test('an aggregate gives exactly keys, window bounds and aggregates', () => {
  const open = orders
    .window(tumbling('1 minute'))
    .groupBy('product')
    .agg({ n: count(), most: max('note') })
  same<
    Shape<typeof open>,
    [
      {
        product: ColumnType<'string', string>
        window_start: ColumnType<'timestamp', Instant>
        window_end: ColumnType<'timestamp', Instant>
        n: ColumnType<'int64', number>
        most: ColumnType<'int32', number | null>
      },
      'append',
      'product' | 'window_start' | 'window_end',
      'window_end',
    ]
  >(true)
  assert.equal(
    columns(open.node),
    'product string, window_start timestamp, window_end timestamp, n int64, most int32?',
  )
  assert.deepEqual(identity(open.node), ['append', ['product', 'window_start', 'window_end'], 'window_end'])
  assert.deepEqual(identity(open.late.node), ['append', undefined, 'at'])
  assert.equal(open.late.node.kind === 'late' && open.late.node.of, open.node)
})

test('what is late of rows that are taken away is a changelog', () => {
  const late = orders
    .window(tumbling('1 minute'))
    .groupBy('product')
    .agg({ n: count() })
    .window(tumbling('1 hour'), { emit: 'per-step' })
    .agg({ n: sum('n') })
    .window(tumbling('1 day'))
    .agg({ n: sum('n') }).late
  same<[Shape<typeof late>[1], Shape<typeof late>[2]], ['changelog', never]>(true)
  assert.deepEqual(identity(late.node), ['changelog', undefined, 'window_end'])
})

test('lateness, early results and no window make an aggregate an upsert', () => {
  const late = orders
    .window(hopping('1 minute', { slide: '20 seconds' }), { allowedLateness: '1 second' })
    .agg({ n: count() })
  const early = orders.window(tumbling('1 minute'), { emit: 'per-step' }).agg({ n: count() })
  const exact = orders.window(tumbling('1 minute'), { allowedLateness: '0 seconds' }).agg({ n: count() })
  const whole = orders.agg({ total: sum('price') })
  same<
    [Shape<typeof late>[1], Shape<typeof early>[1], Shape<typeof exact>[1]],
    ['upsert', 'upsert', 'append']
  >(true)
  same<Shape<typeof whole>, [{ total: ColumnType<'decimal', Decimal | null> }, 'upsert', never, never]>(true)
  assert.deepEqual(
    [late, early, exact, whole].map(({ node }) => node.mode),
    ['upsert', 'upsert', 'append', 'upsert'],
  )
  assert.equal(columns(whole.node), 'total decimal(38,2)?')
  assert.deepEqual(whole.node.key, [])
})

test('every aggregate has the type that its definition says', () => {
  const fold = {
    zero: () => 1n,
    add: (a: bigint, b: number) => a * BigInt(b),
    retract: (a: bigint, b: number) => a / BigInt(b),
    result: (a: bigint) => a,
  }
  const product = aggregate('product', { in: t.int32(), out: t.int64(), fold })
  const all = orders
    .join(products, { on: 'product' })
    .groupBy('product')
    .agg({
      sum: sum('price'),
      counted: count('note'),
      avg: avg('note'),
      min: min('at'),
      best: argMax('id', 'price'),
      distinct: countDistinct('id'),
      about: approxCountDistinct('id'),
      p50: quantile('price', 0.5),
      dev: stddev('price'),
      all: boolAnd('heavy'),
      some: boolOr('heavy'),
      first: first('id'),
      last: last('note'),
      product_: product('note'),
      twice: c => sum(c.price.mul(2)),
    })
  assert.equal(
    columns(all.node),
    'product string, sum decimal(38,2), counted int64, avg float64?, min timestamp, best string, distinct int64, ' +
      'about int64, p50 float64, dev float64?, all bool, some bool, first string, last int32?, product_ int64?, twice decimal(38,2)',
  )
  const means = products.groupBy('product').agg({ mean: avg('weight'), middle: quantile('weight', 0.5) })
  same<Shape<typeof means>[0]['mean'], ColumnType<'float64', number | null>>(true)
  same<Shape<typeof means>[0]['middle'], ColumnType<'float64', number>>(true)
  assert.equal(columns(means.node), 'product string, mean float64?, middle float64')
  const made = { total: sum('price') }
  const reused: Agg<unknown> = made.total
  assert.equal(columns(orders.groupBy('product').agg(made).node), 'product string, total decimal(38,2)')
  assert.ok(reused)
})

test('joins keep one column for a shared key, and say where null can come out', () => {
  const left = orders.join(products, { on: 'product', how: 'left' })
  same<Shape<typeof left>[0]['weight'], ColumnType<'float64', number | null>>(true)
  same<Shape<typeof left>[1], 'changelog'>(true)
  assert.equal(
    columns(left.node),
    'id string, product string, price decimal(10,2), note int32?, at timestamp, weight float64?, heavy bool?',
  )
  const full = orders.join(products, { on: ['product'], how: 'full' })
  assert.match(columns(full.node), /^id string\?, product string, .*at timestamp\?, weight float64\?/)
  const semi = orders.join(products, { on: { product: 'product' }, how: 'semi' })
  same<Shape<typeof semi>, Shape<typeof orders>>(true)
  assert.deepEqual(identity(semi.node), ['append', ['id'], 'at'])
  assert.deepEqual(identity(orders.join(products, { on: 'product' }).node), ['append', undefined, 'at'])
})

test('a second dataset in union is refused, not left out', () => {
  // @ts-expect-error the types take one as well
  assert.throws(() => orders.union(orders, orders), { code: 'INVALID_ARGUMENT' })
})

test('union, distinct, sort and limit change the mode as their rows may change', () => {
  const both = orders.union(orders.filter(c => c.price.gt(1)))
  const counts = orders.groupBy('product').agg({ n: count() })
  const top = counts.orderBy(desc('n'), 'product').limit(3)
  same<[Shape<typeof both>[1], Shape<typeof top>[1]], ['append', 'changelog']>(true)
  assert.deepEqual(identity(both.node), ['append', undefined, 'at'])
  assert.deepEqual(identity(products.drop('weight').distinct().node), [
    'append',
    ['product', 'heavy'],
    undefined,
  ])
  assert.deepEqual(identity(counts.drop('product').node), ['changelog', undefined, undefined])
  assert.deepEqual(identity(top.node), ['changelog', undefined, undefined])
  assert.equal(top.node.kind === 'sort' && top.node.limit, 3)
})

test('an opaque function keeps the event time whose column it gives', () => {
  const out = { id: t.string(), at: t.timestamp() }
  const mapped = orders.map('trim', { out, version: 2 }, row => ({ id: row.id.trim(), at: row.at }))
  same<Shape<typeof mapped>[3], 'at'>(true)
  assert.deepEqual(identity(mapped.node), ['append', undefined, 'at'])
  const many = orders.flatMap('twice', { out: { id: t.string() }, version: 1 }, row => [
    { id: row.id },
    { id: row.id },
  ])
  assert.deepEqual(identity(many.node), ['append', undefined, undefined])
  assert.equal(orders.mapBatch('same', { out, version: 1 }, batch => batch).named('copy').node.name, 'copy')
})
