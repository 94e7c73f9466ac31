/** What the vectors of the functions cannot see: laziness, wide values, dictionaries, and that both ways of a kernel agree. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeadraceError } from '../../../errors.ts'
import { call, column, type Expression, literal } from '../../../plan/expression.ts'
import type { FunctionName, FunctionOptions } from '../../../plan/function/catalogue.ts'
import { seeded } from '../../../runtime/random.ts'
import { batchOfCells, columnOfCells } from '../../../schema/batch.ts'
import { type Cell, cellAt, compareCells } from '../../../schema/cell.ts'
import type { Column } from '../../../schema/column.ts'
import { type ColumnType, type Schema, t } from '../../../schema/type.ts'
import { scalarOf } from '../scalar/catalogue.ts'
import { compile, evaluate } from './compile.ts'
import { Frame } from './frame.ts'

function values(expression: Expression, schema: Schema, rows: readonly (readonly Cell[])[]): Cell[] {
  const frame = Frame.of(batchOfCells(schema, rows))
  const result = evaluate(compile(expression, schema), frame)
  return rows.map((_, row) => cellAt(result, row))
}

const ints = { a: t.int32(), b: t.int32() }
const [a, b] = [column(ints, 'a'), column(ints, 'b')]
const int = (value: number): Expression => literal(t.int32(), value)
const MOST = 2 ** 31 - 1

test('case computes a branch only for the rows that choose it', () => {
  const expression = call('case', [call('eq', [b, int(0)]), int(-1), call('add', [a, b])])
  assert.deepEqual(
    values(expression, ints, [
      [MOST, 0],
      [1, 2],
      [5, 0],
    ]),
    [-1, 3, -1],
  )
  assert.throws(() => values(expression, ints, [[MOST, 1]]), { code: 'OVERFLOW' })
})

test('and, or and coalesce do not compute what cannot matter', () => {
  const failing = call('gt', [call('add', [a, b]), int(0)])
  const rows = [[MOST, 1]]
  assert.deepEqual(values(call('and', [call('lt', [b, int(0)]), failing]), ints, rows), [false])
  assert.deepEqual(values(call('or', [call('gt', [b, int(0)]), failing]), ints, rows), [true])
  assert.deepEqual(values(call('coalesce', [a, call('add', [a, b])]), ints, rows), [MOST])
})

test('a constant that fails does so only when a row needs it', () => {
  const overflow = call('add', [int(MOST), int(1)])
  const expression = call('case', [call('eq', [a, int(0)]), overflow, b])
  assert.deepEqual(values(expression, ints, [[1, 7]]), [7])
  assert.throws(() => values(expression, ints, [[0, 7]]), { code: 'OVERFLOW' })
})

test('a text function runs once for a dictionary entry, and never for one that no row uses', () => {
  const schema = { s: t.nullable(t.string()) }
  const cast = call('cast', [column(schema, 's')], { to: t.int32() })
  const text = { form: 'text', values: Int32Array.of(1, -1, 1), dictionary: ['no number', '12'] } as const
  const frame = new Frame(3, [{ ...text, valid: Uint8Array.of(1, 0, 1) }])
  assert.deepEqual(
    evaluate(compile(cast, schema), frame),
    columnOfCells(t.nullable(t.int32()), [12, null, 12]),
  )
  const upper = compile(call('upper', [column(schema, 's')]), schema)
  const dictionary = ['a', 'b']
  const of = (...codes: number[]) => {
    const result = evaluate(
      upper,
      new Frame(codes.length, [{ ...text, values: Int32Array.from(codes), dictionary }]),
    )
    return codes.map((_, row) => cellAt(result, row))
  }
  assert.deepEqual(of(0, 1, 0), ['A', 'B', 'A'])
  dictionary.push('c')
  assert.deepEqual(of(2, 0), ['C', 'A'])
})

test('a filtered frame gathers a column when it is read, and once', () => {
  let read = 0
  const numbers = columnOfCells(t.int32(), [1, 2, 3]) as Column & { form: 'int32' }
  const counted = {
    ...numbers,
    get values() {
      read++
      return numbers.values
    },
  }
  const chosen = new Frame(3, [counted]).select(Int32Array.of(0, 2))
  assert.equal(read, 0)
  assert.deepEqual(chosen.column(0), columnOfCells(t.int32(), [1, 3]))
  assert.equal(chosen.column(0), chosen.column(0))
  assert.equal(read, 1)
})

/** Functions of numbers with a fast way, and the types of their arguments. */
const fast: readonly (readonly [FunctionName, readonly ColumnType[], FunctionOptions?])[] = [
  ...(['add', 'sub', 'mul', 'intDiv', 'mod', 'lt', 'eq'] as const).flatMap(fn => [
    [fn, [t.int32(), t.int32()]] as const,
    [fn, [t.int64(), t.int32()]] as const,
    [fn, [t.int64(), t.int64()]] as const,
  ]),
  ...(['add', 'sub', 'mul', 'ge', 'ne', 'least'] as const).flatMap(fn => [
    [fn, [t.decimal(18, 4), t.decimal(9, 1)]] as const,
    [fn, [t.decimal(20, 0), t.decimal(15, 3)]] as const,
  ]),
  ['decDiv', [t.decimal(12, 2), t.decimal(6, 2)], { scale: 4 }],
  ['fdiv', [t.decimal(18, 4), t.int64()]],
  ['round', [t.decimal(18, 4)], { scale: 1 }],
  ['neg', [t.int64()]],
  ['abs', [t.int32()]],
  ['cast', [t.int64()], { to: t.int32() }],
  ['tryCast', [t.int64()], { to: t.decimal(12, 2) }],
  ['cast', [t.decimal(18, 4)], { to: t.decimal(16, 1) }],
  ['truncate', [t.timestamp()], { unit: 'minute' }],
  ['truncate', [t.timestamp()], { unit: 'month' }],
  ['extract', [t.timestamp()], { part: 'hour' }],
  ['extract', [t.timestamp()], { part: 'week' }],
  ['diff', [t.timestamp(), t.timestamp()], { unit: 'hour' }],
]

/** Values of all magnitudes, near the limits of a type and of a double among them. */
function randomCell(type: ColumnType, random: () => number): Cell {
  const digits = type.kind === 'decimal' ? type.precision! : type.kind === 'timestamp' ? 17 : 18
  const limit =
    type.kind === 'int32'
      ? 2n ** 31n - 1n
      : type.kind === 'int64'
        ? 2n ** 63n - 1n
        : 10n ** BigInt(digits) - 1n
  const magnitudes = [limit, 2n ** 53n, 2n ** 53n + 1n, 0n, 1n, 10n ** BigInt(Math.floor(random() * digits))]
  const near = magnitudes[Math.floor(random() * magnitudes.length)]! - BigInt(Math.floor(random() * 3))
  const inside = near > limit ? limit : near < 0n ? 0n : near
  const cell = random() < 0.5 ? -inside : inside
  const time = type.kind === 'timestamp' ? (cell < -62_135_596_800_000_000n ? 0n : cell) : cell
  return type.kind === 'int32' ? Number(time) : time
}

for (const [fn, types, options = {}] of fast) {
  test(`${fn}(${types.map(({ kind, precision }) => kind + (precision ?? '')).join(', ')}) gives a batch what it gives a row`, () => {
    const seed = 42
    const random = seeded(seed)
    const schema = Object.fromEntries(types.map((type, i) => [`c${i}`, t.nullable(type)])) as Schema
    const expression = call(
      fn,
      Object.keys(schema).map(name => column(schema, name)),
      options,
    )
    const scalar = scalarOf({ fn, options, type: expression.type, args: Object.values(schema) })
    for (let round = 0; round < 300; round++) {
      // Small batches, so that most have no wide value and many have no failing row.
      const rows = Array.from({ length: 2 }, () =>
        types.map(type => (random() < 0.1 ? null : randomCell(type, random))),
      )
      const expected = attempt(() => rows.map(row => scalar(row)))
      const found = attempt(() => values(expression, schema, rows))
      const where = `seed ${seed}, round ${round}: ${rows.join(' | ')}`
      if (typeof expected === 'string' || typeof found === 'string') assert.equal(found, expected, where)
      else
        assert.ok(
          found.every((cell, i) => compareCells(cell, expected[i]!) === 0),
          `${where}: ${found} ${expected}`,
        )
    }
  })
}

function attempt(work: () => Cell[]): Cell[] | string {
  try {
    return work()
  } catch (error) {
    if (error instanceof HeadraceError) return error.code
    throw error
  }
}
