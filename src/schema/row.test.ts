import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { batchOfCells } from './batch.ts'
import { Decimal } from './decimal.ts'
import { instant } from './instant.ts'
import { batchOfRows, rowAt, rowsOf } from './row.ts'
import { t } from './type.ts'
import { cellOf } from './value.ts'

const schema = {
  flag: t.bool(),
  small: t.int32(),
  big: t.int64(),
  count: t.int64({ as: 'number' }),
  price: t.decimal(12, 2),
  name: t.nullable(t.string()),
  day: t.date(),
  at: t.timestamp(),
  doc: t.json<{ a: number[] }>(),
  tags: t.list(t.nullable(t.decimal(3, 1))),
  raw: t.bytes(),
}

const row = {
  flag: true,
  small: -1,
  big: 2n ** 62n,
  count: 3,
  price: Decimal.parse('12.50'),
  name: null,
  day: '2024-01-31',
  at: instant(new Date('2024-01-31T12:00:00Z')),
  doc: { a: [1, 2] },
  tags: [Decimal.parse('0.5'), null],
  raw: Uint8Array.of(1, 2),
}

describe('rows', () => {
  test('are what was given', () => {
    const batch = batchOfRows(schema, [row, { ...row, name: 'x' }])
    assert.deepEqual(rowsOf(batch), [row, { ...row, name: 'x' }])
    assert.deepEqual(rowAt(batch, 1), { ...row, name: 'x' })
  })

  test('look plain, and become JSON without loss', () => {
    const [seen] = rowsOf(
      batchOfRows({ a: t.int64(), b: t.decimal(3, 1), c: t.bytes(), d: t.list(t.int64()) }, [
        { a: 2n ** 62n, b: Decimal.parse('1.5'), c: Uint8Array.of(255), d: [1n] },
      ]),
    )
    assert.deepEqual(Object.keys(seen!), ['a', 'b', 'c', 'd'])
    assert.ok(!('toJSON' in { ...seen }))
    assert.equal(inspect(rowAt(batchOfRows({ a: t.int32() }, [{ a: 1 }]), 0)), '{ a: 1 }')
    assert.equal(JSON.stringify(seen), '{"a":"4611686018427387904","b":"1.5","c":"/w==","d":["1"]}')
  })

  test('columns may have any name', () => {
    const names = {
      __proto__x: t.int32(),
      ['__proto__']: t.int32(),
      constructor: t.int32(),
      "'];x": t.int32(),
      'a\nb': t.int32(),
    }
    const batch = batchOfCells(names, [[1, 2, 3, 4, 5]])
    assert.deepEqual(
      Object.entries(rowAt(batch, 0)),
      Object.keys(names).map((name, i) => [name, i + 1]),
    )
    assert.ok(Object.hasOwn(rowAt(batch, 0), '__proto__'))
  })

  test('properties that are no columns are left out', () => {
    const rows: { a: number }[] = [{ a: 1, b: 2 } as { a: number }]
    assert.deepEqual(rowsOf(batchOfRows({ a: t.int32() }, rows)), [{ a: 1 }])
  })

  test('a number that would not be exact is refused', () => {
    const batch = batchOfCells({ n: t.int64({ as: 'number' }) }, [[2n ** 53n]])
    assert.throws(() => rowAt(batch, 0), { code: 'OUT_OF_RANGE', message: /9007199254740992/ })
  })

  test('what does not fit is refused by row and column', () => {
    const rows = [row, { ...row, price: '1.234' }]
    assert.throws(() => batchOfRows(schema, rows as never), {
      code: 'OUT_OF_RANGE',
      message:
        'Row 2, column \'price\': expected decimal(12,2), found "1.234", which has more than 10 digits before or 2 after the point.',
    })
    assert.throws(() => batchOfRows(schema, [null] as never), {
      code: 'BAD_VALUE',
      message: /^Row 1: expected an object, found null/,
    })
    const { small: _, ...without } = row
    assert.throws(() => batchOfRows(schema, [without] as never), {
      code: 'NULL_VALUE',
      message: /^Row 1, column 'small'/,
    })
  })
})

test('values may be written in more ways than rows show them', () => {
  const price = t.decimal(12, 2)
  for (const value of [12.5, '12.5', '12.500', Decimal.parse('12.5000'), new Decimal(125n, 1)]) {
    assert.equal(cellOf(price, value), 1250n)
  }
  assert.equal(cellOf(price, 12n), 1200n)
  assert.equal(cellOf(price, 0.1), 10n)
  assert.equal(cellOf(t.decimal(38, 0), 1e21), 10n ** 21n)
  assert.throws(() => cellOf(price, 0.1 + 0.2), { code: 'OUT_OF_RANGE' })
  assert.throws(() => cellOf(price, Decimal.parse('0.001')), { code: 'OUT_OF_RANGE' })
  assert.equal(cellOf(t.int64(), 5), 5n)
  const noon = 1_706_702_400_000_000n
  for (const value of [noon, Number(noon), new Date('2024-01-31T12:00:00Z'), '2024-01-31T13:00:00+01:00']) {
    assert.equal(cellOf(t.timestamp(), value), noon)
  }
  assert.equal(cellOf(t.date(), new Date('2024-01-31')), 19_753)
  assert.equal(cellOf(t.json(), { a: [1, null] }), '{"a":[1,null]}')
  assert.equal(cellOf(t.nullable(t.json()), undefined), null)
})
