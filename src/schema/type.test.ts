import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { sameType, t, typeText, withNull } from './type.ts'

test('types that are not well formed are refused, with what was given', () => {
  const wrong: readonly (readonly [make: () => unknown, message: RegExp])[] = [
    [() => t.decimal(0, 0), /decimal\(0, 0\): the precision .* 1 to 38/],
    [() => t.decimal(39, 2), /decimal\(39, 2\): the precision/],
    [() => t.decimal(1.5, 0), /decimal\(1\.5, 0\): the precision/],
    [() => t.decimal(5, 6), /decimal\(5, 6\): the scale .* 0 to 5/],
    [() => t.decimal(5, -1), /decimal\(5, -1\): the scale/],
    [() => t.enum(), /at least one value/],
    [() => t.enum('red', 'blue', 'red'), /'red' is named twice/],
  ]
  for (const [make, message] of wrong) assert.throws(make, { code: 'INVALID_TYPE', message })
})

test('types are written as a person writes them', () => {
  const types = [
    t.decimal(12, 2),
    t.nullable(t.list(t.nullable(t.int32()))),
    t.enum('a', 'b'),
    t.json(z.string()),
  ]
  assert.deepEqual(types.map(typeText), ['decimal(12,2)', 'list(int32?)?', 'enum(a, b)', 'json'])
})

test('a type is the same whatever its rows look like, and another by its digits, values or elements', () => {
  const same = [
    [t.int64(), t.int64({ as: 'number' })],
    [t.json(), t.json(z.string())],
    [t.string(), t.nullable(t.string())],
    [t.list(t.enum('a')), t.list(t.enum('a'))],
  ] as const
  for (const [a, b] of same) assert.equal(sameType(a, b), true, `${typeText(a)} and ${typeText(b)}`)
  const others = [
    [t.int32(), t.int64()],
    [t.decimal(5, 2), t.decimal(5, 3)],
    [t.decimal(5, 2), t.decimal(6, 2)],
    [t.enum('a', 'b'), t.enum('b', 'a')],
    [t.list(t.string()), t.list(t.nullable(t.string()))],
  ] as const
  for (const [a, b] of others) assert.equal(sameType(a, b), false, `${typeText(a)} and ${typeText(b)}`)
})

test('nullability is replaced without another type where it is right already', () => {
  const type = t.string()
  assert.equal(withNull(type, false), type)
  assert.equal(withNull(type, true).nullable, true)
})
