import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Decimal, instant, lit, t } from '../../index.ts'
import type { Cell } from '../../schema/cell.ts'
import { type ColumnType, typeText } from '../../schema/type.ts'
import { literalBeside } from './literal.ts'
import { planned } from './wrap.ts'

const midnight = new Date('2024-01-31T00:00:00Z')
const micros = BigInt(midnight.getTime()) * 1000n

test('a literal takes the type of what it stands beside, exactly', () => {
  const cases: readonly (readonly [ColumnType, unknown, Cell, string?])[] = [
    [t.bool(), true, true],
    [t.int32(), 7, 7],
    [t.int32(), 7n, 7],
    [t.int64(), 7, 7n],
    [t.int64(), 2n ** 63n - 1n, 2n ** 63n - 1n],
    [t.float64(), 0.1, 0.1],
    [t.decimal(12, 2), 1000, 1000n, 'decimal(4,0)'],
    [t.decimal(12, 2), 1.1, 11n, 'decimal(2,1)'],
    [t.decimal(12, 2), '-0.05', -5n, 'decimal(2,2)'],
    [t.decimal(12, 2), 1e21, 10n ** 21n, 'decimal(22,0)'],
    [t.decimal(12, 2), 1e-7, 1n, 'decimal(7,7)'],
    [t.decimal(12, 2), new Decimal(125n, 2), 125n, 'decimal(3,2)'],
    [t.string(), 'né', 'né'],
    [t.enum('a', 'b'), 'a', 'a'],
    [t.date(), '2024-01-31', 19_753],
    [t.timestamp(), '2024-01-31T00:00:00Z', micros],
    [t.timestamp(), midnight, micros],
    [t.timestamp(), instant(midnight), micros],
    [t.json(), { a: [1, null] }, '{"a":[1,null]}'],
    [t.list(t.int64()), [1, 2n], [1n, 2n]],
  ]
  for (const [type, value, cell, wanted] of cases) {
    const literal = literalBeside(type, value)
    assert.deepEqual(literal.value, cell, String(value))
    assert.equal(typeText(literal.type), wanted ?? typeText(type), String(value))
  }
})

test('what cannot be expressed exactly is refused, with the way out', () => {
  const cases: readonly (readonly [ColumnType, unknown, RegExp])[] = [
    [t.int32(), 1.5, /cast\(t\.decimal/],
    [t.int32(), 2 ** 31, /cast\(t\.int64/],
    [t.int64(), 2 ** 53, /2\^53/],
    [t.int64(), '7', /bigint/],
    [t.float64(), Number.NaN, /not finite/],
    [t.decimal(12, 2), 'ten', /12\.50/],
    [t.decimal(12, 2), Number.POSITIVE_INFINITY, /not a number/],
    [t.decimal(12, 2), '1'.repeat(39), /38 digits/],
    [t.string(), 7, /string/],
    [t.string(), '\ud800', /surrogate/],
    [t.enum('a', 'b'), 'c', /'a'/],
    [t.date(), '2024-02-30', /does not exist/],
    [t.timestamp(), 'yesterday', /timestamp/],
    [t.bool(), null, /isNull/],
  ]
  for (const [type, value, message] of cases) {
    assert.throws(() => literalBeside(type, value), { code: 'INVALID_LITERAL', message }, String(value))
  }
})

test('alone, a literal has the type of its JavaScript value or the one that is named', () => {
  const typed = [
    lit('a'),
    lit(true),
    lit(7),
    lit(7n),
    lit(midnight),
    lit(new Uint8Array([1])),
    lit(new Decimal(125n, 2)),
    lit('0.1', t.decimal(4, 2)),
    lit(null, t.date()),
  ].map(value => typeText(planned('the literal', value).type))
  assert.deepEqual(typed, [
    'string',
    'bool',
    'int32',
    'int64',
    'timestamp',
    'bytes',
    'decimal(3,2)',
    'decimal(4,2)',
    'date?',
  ])
  assert.throws(() => lit(1.5), { code: 'INVALID_LITERAL' })
  assert.throws(() => lit({} as never), {
    code: 'INVALID_LITERAL',
    message: /lit\(value, t\.timestamp\(\)\)/,
  })
  assert.throws(() => lit('0.123', t.decimal(4, 2)), { code: 'INVALID_LITERAL', message: /or 2 after/ })
})
