import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import * as z from 'zod'
import { batchOfCells } from './batch.ts'
import { cellAt } from './cell.ts'
import { csv, json, ndjson } from './codec.ts'
import { batchOfRows, rowsOf } from './row.ts'
import { conformBatch } from './standard.ts'
import { type RowOf, sameType, t, typeText } from './type.ts'

const libraries = {
  zod: z.object({ user: z.object({ age: z.number() }), tags: z.array(z.string()).default([]) }),
  valibot: v.object({ user: v.object({ age: v.number() }), tags: v.optional(v.array(v.string()), []) }),
}

for (const [name, validator] of Object.entries(libraries)) {
  describe(name, () => {
    const schema = { doc: t.json(validator) }
    const good = '{ "user": {"age": 1}, "tags": ["a"] }'
    const textOf = (line: string) => {
      const decoder = ndjson.decoder(schema)
      decoder.push(Buffer.from(`${line}\n`))
      return cellAt(decoder.take().columns[0]!, 0)
    }

    test('a value that passes is kept to the letter', () => assert.equal(textOf(`{"doc":${good}}`), good))

    test('what the validator makes of a value is what is kept', () => {
      assert.equal(textOf('{"doc":{"user":{"age":1}}}'), '{"user":{"age":1},"tags":[]}')
      assert.deepEqual(rowsOf(batchOfRows(schema, [{ doc: { user: { age: 1 } } } as never])), [
        { doc: { user: { age: 1 }, tags: [] } },
      ])
    })

    test('a value that does not pass is refused with path and message, wherever it comes from', () => {
      const bad = '{"user":{"age":"x"}}'
      const expected = {
        code: 'BAD_VALUE',
        message: new RegExp(`column 'doc': expected json.*${name} refuses user\\.age: Invalid.*number`),
      }
      assert.throws(() => textOf(`{"doc":${bad}}`), expected)
      assert.throws(() => json.decoder(schema).push(Buffer.from(`[{"doc":${bad}}]`)), expected)
      assert.throws(
        () =>
          csv()
            .decoder(schema)
            .push(Buffer.from(`doc\n"${bad.replaceAll('"', '""')}"\n`)),
        expected,
      )
      assert.throws(() => batchOfRows(schema, [{ doc: JSON.parse(bad) }]), expected)
      assert.throws(() => conformBatch(batchOfCells(schema, [[good], [bad]])), {
        ...expected,
        message: /^Row 2/,
      })
    })

    test('a validator that throws refuses the value in its own words', () => {
      const fail = (): never => {
        throw new Error('no luck')
      }
      const throwing = name === 'zod' ? z.unknown().refine(fail) : v.pipe(v.unknown(), v.check(fail))
      const bad: string[] = []
      const decoder = ndjson.decoder(
        { doc: t.json(throwing) },
        { onBadRecord: ({ code, message }) => bad.push(`${code}: ${message}`) },
      )
      decoder.push(Buffer.from('{"doc":1}\n{"doc":2}\n'))
      assert.equal(decoder.take().length, 0)
      assert.equal(bad.length, 2)
      assert.match(bad[0]!, new RegExp(`^BAD_VALUE: .*'doc'.*, which made ${name} throw: no luck`))
    })

    test('a batch from elsewhere is validated column by column', () => {
      const batch = batchOfCells({ id: t.int32(), doc: t.nullable(t.json(validator)) }, [
        [1, good],
        [2, null],
        [3, '{"user":{"age":2}}'],
      ])
      const made = conformBatch(batch)
      assert.equal(made.columns[0], batch.columns[0])
      assert.deepEqual(
        [0, 1, 2].map(row => cellAt(made.columns[1]!, row)),
        [good, null, '{"user":{"age":2},"tags":[]}'],
      )
    })

    test('lists are validated element by element', () => {
      const list = { docs: t.list(t.nullable(t.json(validator))) }
      const made = conformBatch(batchOfCells(list, [[[good, null, '{"user":{"age":2}}']], [[]]]))
      assert.deepEqual(
        [0, 1].map(row => cellAt(made.columns[0]!, row)),
        [[good, null, '{"user":{"age":2},"tags":[]}'], []],
      )
      assert.throws(() => conformBatch(batchOfCells(list, [[[]], [[good, '{"user":{}}']]])), {
        code: 'BAD_VALUE',
        message: new RegExp(`^Row 2, column 'docs'.*${name} refuses user\\.age`),
      })
    })
  })
}

test('a validator that answers later is refused', () => {
  const schema = { doc: t.json(z.string().refine(async () => true)) }
  assert.throws(() => batchOfRows(schema, [{ doc: 'a' }]), {
    code: 'INVALID_ARGUMENT',
    message: /zod schema validates asynchronously/,
  })
})

test('a validator types the column and is no part of the type', () => {
  const type = t.json(libraries.zod)
  const row: RowOf<{ doc: typeof type }> = { doc: { user: { age: 1 }, tags: ['a'] } }
  assert.ok(row)
  assert.ok(sameType(type, t.json()))
  assert.equal(typeText(t.nullable(type)), 'json?')
  const free: RowOf<{ doc: ReturnType<typeof t.json<{ a: 1 }>> }> = { doc: { a: 1 } }
  assert.ok(free)
})
