/** What the builder refuses when the plan is built, also from plain JavaScript, with the message that names the culprit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ErrorCode } from '../../errors.ts'
import {
  aggregate,
  approxCountDistinct,
  count,
  first,
  generate,
  hopping,
  quantile,
  sum,
  t,
  tumbling,
} from '../../index.ts'

const { sequence, oneOf } = generate
const schema = { id: t.string(), ratio: t.float64(), price: t.decimal(10, 2), at: t.timestamp() }
const columns = { id: oneOf(['1', '2']), ratio: sequence(), price: sequence(), at: sequence() }
const live = generate({ schema, columns, rows: 1, eventTime: { column: 'at' } })
const still = generate({ schema, columns, rows: 1 })
const prices = generate({
  schema: { id: t.int64(), price: t.decimal(10, 2) },
  columns: { id: sequence(), price: sequence() },
  rows: 1,
})
const counts = still.groupBy('id').agg({ n: count() })
const product = aggregate('product', {
  in: t.int32(),
  out: t.int64(),
  fold: { zero: () => 1n, add: (a: bigint, b: number) => a * BigInt(b), result: (a: bigint) => a },
})

/** Calls what the compiler would not let through. */
type Loose = (...args: unknown[]) => unknown
const loose = (of: unknown): Record<string, Loose> =>
  Object.fromEntries(
    [
      'filter',
      'select',
      'with',
      'rename',
      'drop',
      'window',
      'groupBy',
      'agg',
      'join',
      'orderBy',
      'map',
      'union',
      'limit',
      'named',
    ].map(name => [name, (...args: unknown[]) => (of as Record<string, Loose>)[name]!(...args)]),
  )

const refusals: readonly (readonly [what: string, code: ErrorCode, message: RegExp, use: () => unknown])[] = [
  ['a wrong key', 'UNKNOWN_COLUMN', /'pric'.*did you mean 'price'/, () => loose(live).groupBy!('pric')],
  [
    'a float key',
    'TYPE_MISMATCH',
    /groupBy: 'ratio' is a float64/,
    () => (loose(live).groupBy!('ratio') as typeof counts).agg({ n: count() }),
  ],
  ['a key named twice', 'DUPLICATE_COLUMN', /'id'/, () => live.groupBy('id', 'id').agg({ n: count() })],
  ['an aggregate named as a key', 'DUPLICATE_COLUMN', /'id'/, () => live.groupBy('id').agg({ id: count() })],
  [
    'an aggregate named as a window bound',
    'DUPLICATE_COLUMN',
    /'window_end'/,
    () => live.window(tumbling('1 minute')).agg({ window_end: count() }),
  ],
  ['no aggregate', 'INVALID_ARGUMENT', /agg/, () => still.agg({})],
  ['no object', 'INVALID_ARGUMENT', /agg takes an object/, () => loose(still).agg!()],
  [
    'an aggregate that is none',
    'INVALID_ARGUMENT',
    /'total' must be an aggregate/,
    () => loose(still).agg!({ total: 'price' }),
  ],
  ['sum over text', 'TYPE_MISMATCH', /sum/, () => loose(still).agg!({ total: sum('id') })],
  ['first without event time', 'NEEDS_EVENT_TIME', /first \('one'\)/, () => still.agg({ one: first('id') })],
  ['a quantile beyond 1', 'INVALID_ARGUMENT', /0 to 1/, () => quantile('price', 99)],
  [
    'a sketch of rows that go',
    'NOT_MERGEABLE',
    /approxCountDistinct \('ids'\).*upsert/,
    () => counts.agg({ ids: approxCountDistinct('id') }),
  ],
  [
    'a fold of rows that go',
    'NOT_MERGEABLE',
    /product \('p'\).*retract/,
    () => counts.with(c => ({ m: c.n.cast(t.int32()) })).agg({ p: product('m') }),
  ],
  [
    'a fold of another type',
    'TYPE_MISMATCH',
    /product \('p'\) takes int32/,
    () => still.agg({ p: product('price') }),
  ],
  [
    'no event time',
    'NEEDS_EVENT_TIME',
    /Declare eventTime/,
    () => loose(still).window!(tumbling('1 minute')),
  ],
  [
    'a rule that is none',
    'INVALID_ARGUMENT',
    /tumbling\('1 minute'\)/,
    () => loose(live).window!('1 minute'),
  ],
  [
    'a misspelt option',
    'UNKNOWN_OPTION',
    /'allowedLatenes' — did you mean 'allowedLateness'/,
    () => loose(live).window!(tumbling('1 minute'), { allowedLatenes: '1 second' }),
  ],
  [
    'a wrong emission',
    'INVALID_ARGUMENT',
    /"on-clos" — did you mean 'on-close'/,
    () => loose(live).window!(tumbling('1 minute'), { emit: 'on-clos' }),
  ],
  [
    'a slide that does not divide',
    'INVALID_ARGUMENT',
    /'25 seconds' does not divide/,
    () => hopping('1 minute', { slide: '25 seconds' }),
  ],
  [
    'a filter that is no condition',
    'TYPE_MISMATCH',
    /filter.*decimal/,
    () => loose(live).filter!((c: never) => (c as { price: unknown }).price),
  ],
  [
    'a filter without expression',
    'INVALID_ARGUMENT',
    /What filter returns.*not true/,
    () => loose(live).filter!(() => true),
  ],
  [
    'a select without object',
    'INVALID_ARGUMENT',
    /select.*object of expressions/,
    () => loose(live).select!(() => undefined),
  ],
  [
    'a select of a value',
    'INVALID_ARGUMENT',
    /select: 'one' must be an expression, not 1/,
    () => loose(live).select!(() => ({ one: 1 })),
  ],
  ['a rename to a taken name', 'DUPLICATE_COLUMN', /'price'/, () => live.rename({ ratio: 'price' })],
  ['a rename of nothing', 'UNKNOWN_COLUMN', /'pric'/, () => loose(live).rename!({ pric: 'p' })],
  [
    'a drop of everything',
    'INVALID_ARGUMENT',
    /at least one column/,
    () => live.drop('id', 'ratio', 'price', 'at'),
  ],
  ['distinct doubles', 'TYPE_MISMATCH', /distinct: 'ratio'/, () => live.distinct()],
  ['a union of two schemas', 'SCHEMA_MISMATCH', /same columns/, () => loose(live).union!(prices)],
  [
    'join keys of two types',
    'TYPE_MISMATCH',
    /'id' is string .* 'id' is int64/,
    () => loose(live).join!(prices, { on: 'id' }),
  ],
  ['a join with a clash', 'DUPLICATE_COLUMN', /'ratio'|'price'/, () => live.join(still, { on: 'id' })],
  ['a join on nothing', 'INVALID_ARGUMENT', /at least one key/, () => loose(live).join!(prices, { on: [] })],
  [
    'a join of another kind',
    'INVALID_ARGUMENT',
    /"outer"/,
    () => loose(live).join!(counts, { on: 'id', how: 'outer' }),
  ],
  [
    'a negative limit',
    'INVALID_ARGUMENT',
    /limit must be a whole number/,
    () => live.orderBy('id').limit(-1),
  ],
  ['an order by nothing', 'INVALID_ARGUMENT', /orderBy/, () => loose(live).orderBy!()],
  [
    'an opaque function without version',
    'INVALID_ARGUMENT',
    /'f': version/,
    () => loose(live).map!('f', { out: schema }, () => ({})),
  ],
  [
    'a validator of no column',
    'UNKNOWN_COLUMN',
    /'x'/,
    () => loose(live).map!('f', { out: schema, version: 1, validate: { x: {} } }, () => ({})),
  ],
  [
    'no function',
    'INVALID_ARGUMENT',
    /last argument/,
    () => loose(live).map!('f', { out: schema, version: 1 }),
  ],
  ['an empty name', 'INVALID_ARGUMENT', /named/, () => live.named(' ')],
]

for (const [what, code, message, use] of refusals) {
  test(`${what} is refused with ${code}`, () => assert.throws(use, { code, message }))
}

test('a dataset is not a value', () => {
  assert.throws(() => `${live}`, { code: 'INVALID_ARGUMENT', message: /Use its methods/ })
})
