/** What the compiler refuses, refused in words where there is none: each of these calls was written in plain JavaScript. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { files, HeadraceError, memory, open, pipeline, print, t, warehouse } from 'headrace'
import { asRows, given, runOnRows, scriptedSink, scriptedSource } from 'headrace/testing'

const dir = mkdtempSync(join(tmpdir(), 'headrace-untyped-'))
const session = await open({ dir })
after(async () => {
  await session.close()
  rmSync(dir, { recursive: true })
})

const schema = { id: t.int64(), at: t.timestamp() }
const orders = files.csv('orders.csv', { schema })
const few = memory.rows([{ id: 1, at: '2024-01-01T00:00:00Z' }], { schema })
const p = pipeline('p', few, { to: print({ line: () => undefined }) })

/** As JavaScript sees it. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point
const js = (value: unknown): any => value
const [csv, table, run, runOn] = [js(files.csv), js(warehouse.table), js(session.run), js(runOnRows)]

const calls: readonly (readonly [what: string, call: () => unknown, message: RegExp])[] = [
  [
    'a schema that is undefined',
    () => csv('x', { schema: undefined }),
    /files\.csv: the schema is undefined/,
  ],
  [
    'a schema that is null',
    () => table('x', { schema: null }),
    /warehouse\.table\('x'\): the schema is null/,
  ],
  ['like nothing', () => csv('x', { like: undefined }), /files\.csv: like.*undefined is no dataset/],
  ['like a target', () => csv('x', { like: print() }), /files\.csv: like.*can only be written/],
  ['a key that is a number', () => csv('x', { schema, key: 5 }), /key names .*5/],
  ['keys that are numbers', () => csv('x', { schema, key: [5] }), /key names .*\[5\]/],
  ['a date that is none', () => run(p, { from: new Date('x') }), /from is .*Invalid Date/],
  ['a signal that is none', () => run(p, { signal: 5 }), /run: signal .*AbortSignal/],
  ['a listener that is none', () => run(p, { onProgress: 5 }), /run: onProgress .*function/],
  ['a folder that is none', () => js(open)({ dir: 5 }), /open: dir .*5/],
  ['rows that are one row', () => js(asRows)(few, {}), /asRows takes a list of rows/],
  ['no rows', () => js(asRows)(few, null), /asRows takes a list of rows/],
  ['inputs that are one', () => runOn(p, { inputs: given(few, []) }), /runOnRows: inputs .*list/],
  ['inputs of pairs', () => runOn(p, { inputs: [[orders, []]] }), /runOnRows: inputs .*given\(/],
  ['a clock that is a date', () => runOn(p, { clock: new Date() }), /runOnRows: clock .*simulatedClock/],
  ['no script', () => js(scriptedSource)(schema, null), /scriptedSource: the script .*null/],
  ['faults that are no list', () => js(scriptedSink)({ faults: 5 }), /scriptedSink: faults .*list/],
]

for (const [what, call, message] of calls) {
  test(what, async () => {
    const thrown = await Promise.try(call).then(
      () => assert.fail('nothing was refused'),
      (error: unknown) => error,
    )
    assert.ok(thrown instanceof HeadraceError, String(thrown))
    assert.match(thrown.message, message)
  })
}
