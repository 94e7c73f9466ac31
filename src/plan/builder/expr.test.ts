import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aggregate, coalesce, concat, type Decimal, lit, t, when } from '../../index.ts'
import { type Schema, typeText } from '../../schema/type.ts'
import { expressionText } from '../expression-text.ts'
import { functions } from '../function/catalogue.ts'
import { BaseExpr, type Expr } from './expr.ts'
import type { Columns } from './expression-types.ts'
import { columnsOf, planned } from './wrap.ts'

const schema = {
  flag: t.bool(),
  small: t.int32(),
  big: t.int64(),
  ratio: t.float64(),
  price: t.decimal(12, 2),
  name: t.string(),
  state: t.enum('paid', 'void'),
  raw: t.bytes(),
  day: t.date(),
  at: t.timestamp(),
  id: t.uuid(),
  doc: t.json<{ a: number }>(),
  tags: t.list(t.string()),
  note: t.nullable(t.string()),
} satisfies Schema
const c: Columns<typeof schema> = columnsOf(schema)

const text = (value: Expr): string => expressionText(planned('the value', value))
const type = (value: Expr): string => typeText(planned('the value', value).type)

test('every function of the catalogue is reached by a method, with the type of its signature', () => {
  const all: readonly (readonly [Expr, string])[] = [
    [c.small.add(1), 'int32'],
    [c.small.sub(c.big), 'int64'],
    [c.price.mul(c.small), 'decimal(22,2)'],
    [c.ratio.neg(), 'float64'],
    [c.big.intDiv(2), 'int64?'],
    [c.small.mod(2), 'int32?'],
    [c.price.fdiv(c.ratio), 'float64?'],
    [c.price.decDiv(3, 4), 'decimal(15,4)?'],
    [c.price.abs(), 'decimal(12,2)'],
    [c.price.round(1), 'decimal(12,1)'],
    [c.price.floor(), 'decimal(11,0)'],
    [c.price.ceil(), 'decimal(11,0)'],
    [c.small.power(2), 'float64?'],
    [c.small.sqrt(), 'float64?'],
    [c.small.ln(), 'float64?'],
    [c.small.eq(1), 'bool'],
    [c.note.ne('x'), 'bool?'],
    [c.small.lt(1), 'bool'],
    [c.small.le(1), 'bool'],
    [c.small.gt(1), 'bool'],
    [c.small.ge(1), 'bool'],
    [c.flag.and(true), 'bool'],
    [c.flag.or(c.note.eq('x')), 'bool?'],
    [c.flag.not(), 'bool'],
    [c.note.isNull(), 'bool'],
    [c.state.in('paid', 'void'), 'bool'],
    [when(c.flag, 1).else(2), 'int32'],
    [c.note.coalesce('x'), 'string'],
    [c.small.nullif(0), 'int32?'],
    [c.small.least(1, 2), 'int32'],
    [c.small.greatest(c.price), 'decimal(12,2)'],
    [c.name.concat('x'), 'string'],
    [c.name.lower(), 'string'],
    [c.name.upper(), 'string'],
    [c.name.trim(), 'string'],
    [c.name.length(), 'int32'],
    [c.name.substring(2, 3), 'string'],
    [c.state.startsWith('p'), 'bool'],
    [c.name.endsWith('p'), 'bool'],
    [c.name.contains('p'), 'bool'],
    [c.name.replace('a', 'b'), 'string'],
    [c.name.splitPart(',', 2), 'string'],
    [c.name.regexpMatch('^a+$'), 'bool'],
    [c.name.regexpExtract('(a)(b)', 2), 'string?'],
    [c.raw.sha256(), 'string'],
    [c.doc.get('a'), 'string?'],
    [c.at.truncate('hour'), 'timestamp'],
    [c.day.extract('year'), 'int32'],
    [c.at.add('-90 minutes'), 'timestamp'],
    [c.at.diff('2024-01-01T00:00:00Z', 'hour'), 'int64'],
    [c.small.cast(t.string()), 'string'],
    [c.name.tryCast(t.int32()), 'int32?'],
  ]
  const reached = new Set<string>()
  for (const [value, wanted] of all) {
    const expression = planned('the value', value)
    assert.equal(typeText(expression.type), wanted, expressionText(expression))
    if (expression.kind === 'call') reached.add(expression.fn)
  }
  assert.deepEqual([...reached].sort(), Object.keys(functions).sort())
})

test('some methods are made of others', () => {
  assert.equal(text(c.small.between(1, 9)), '(small ≥ 1) and (small ≤ 9)')
  assert.equal(text(c.note.isNotNull()), 'not(isNull(note))')
  assert.equal(text(c.doc.get(['items', 0])), 'jsonGet(doc, ["items",0])')
  assert.equal(text(concat(c.name, ' ', c.state)), "concat(name, ' ', state)")
  assert.equal(type(coalesce(c.note, c.name)), 'string')
  assert.equal(type(coalesce(c.note, c.note)), 'string?')
})

test('the compiler knows the same types', () => {
  const sums: readonly [Expr<'int64', bigint>, Expr<'decimal', Decimal>, Expr<'float64', number | null>] = [
    c.small.add(c.big),
    c.small.add(c.price),
    c.ratio.add(1),
  ]
  const nulls: Expr<'bool', boolean | null> = c.note.eq('x')
  const tier: Expr<'string', string> = when(c.flag, 'premium').else('basic')
  const maybe: Expr<'decimal', Decimal | null> = when(c.flag, c.price).when(c.note.eq('x'), 0).else(null)
  const wider: Expr<'decimal', Decimal> = when(c.flag, 1).else(c.price)
  assert.deepEqual([...sums, nulls, tier, maybe, wider].map(type), [
    'int64',
    'decimal(13,2)',
    'float64?',
    'bool?',
    'string',
    'decimal(12,2)?',
    'decimal(12,2)',
  ])
})

test('JavaScript operators fail loudly', () => {
  const careless = c as unknown as Record<string, number>
  for (const use of [() => careless.small! > 1, () => careless.small! + 1, () => `${careless.name}`]) {
    assert.throws(use, { code: 'INVALID_ARGUMENT', message: /Use its methods/ })
  }
})

test('plain JavaScript gets the same answers', () => {
  const loose = c as unknown as Record<string, Record<string, (...args: unknown[]) => unknown>>
  assert.throws(() => loose.prise, { code: 'UNKNOWN_COLUMN', message: /did you mean 'price'/ })
  assert.throws(() => loose.price!.add!(c.name), { code: 'TYPE_MISMATCH', message: /add/ })
  assert.throws(() => loose.price!.gt!(undefined), { code: 'INVALID_LITERAL', message: /isNull/ })
  assert.throws(() => when(true as never, 1), { code: 'INVALID_ARGUMENT', message: /condition of when/ })
  assert.throws(() => loose.doc!.get!('a..b'), { code: 'INVALID_ARGUMENT', message: /empty step/ })
  assert.equal(BaseExpr.expression({ kind: 'column' }), undefined)
  assert.deepEqual(Object.keys(c), Object.keys(schema))
})

test('a choice of nulls alone has no type', () => {
  assert.throws(() => when(c.flag, null).else(null), {
    code: 'INVALID_LITERAL',
    message: /every branch is null/,
  })
  assert.equal(type(when(c.flag, null).else(c.price)), 'decimal(12,2)?')
  assert.equal(type(when(c.flag, lit(null, t.date())).else(null)), 'date?')
})

test('a custom aggregate is named', () => {
  const fold = { zero: () => 0, add: (a: number, b: number) => a + b, result: (a: number) => a }
  assert.throws(() => aggregate('', { in: t.int32(), out: t.int32(), fold }), { code: 'INVALID_ARGUMENT' })
})
