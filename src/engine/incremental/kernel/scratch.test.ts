import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, column, literal } from '../../../plan/expression.ts'
import { batchOfCells } from '../../../schema/batch.ts'
import { cellAt } from '../../../schema/cell.ts'
import { t } from '../../../schema/type.ts'
import { compile, evaluate } from './compile.ts'
import { Frame } from './frame.ts'
import { roomForLanes, scoped } from './scratch.ts'

test('lanes are used again after the work, not within it, and also when it failed', () => {
  const [first, inner, second] = scoped(() => {
    const own = roomForLanes(10)
    const nested = scoped(() => roomForLanes(10))
    return [own, nested, roomForLanes(10)]
  })
  assert.notEqual(first, inner)
  assert.equal(inner, second)
  assert.throws(() =>
    scoped(() => {
      assert.equal(roomForLanes(10), first)
      throw new Error('failed')
    }),
  )
  assert.equal(
    scoped(() => roomForLanes(10)),
    first,
  )
})

test('outside of any work lanes are new, and there is room for long frames', () => {
  assert.notEqual(roomForLanes(10), roomForLanes(10))
  for (const rows of [10, 5000, 100_000]) assert.ok(scoped(() => roomForLanes(rows)).length >= rows)
})

test('no result shares memory with the next', () => {
  const schema = { i: t.int32(), d: t.decimal(9, 2), f: t.float64(), at: t.timestamp() }
  const [i, d, f, at] = Object.keys(schema).map(name => column(schema, name))
  const expressions = [
    call('add', [i!, literal(t.int32(), 1)]),
    call('mul', [d!, d!]),
    call('neg', [f!]),
    call('cast', [i!], { to: t.float64() }),
    call('cast', [d!], { to: t.float64() }),
    call('fdiv', [i!, f!]),
    call('coalesce', [call('fdiv', [i!, f!]), i!]),
    call('truncate', [at!], { unit: 'hour' }),
    call('gt', [i!, d!]),
  ]
  const frame = (n: number) =>
    Frame.of(batchOfCells(schema, [[n, BigInt(n), n / 2, BigInt(n) * 10_000_000_000n]]))
  for (const expression of expressions) {
    const kernel = compile(expression, schema)
    const before = evaluate(kernel, frame(5))
    const cell = cellAt(before, 0)
    for (const other of expressions) evaluate(compile(other, schema), frame(-7))
    assert.equal(cellAt(before, 0), cell)
  }
})
