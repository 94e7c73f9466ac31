import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { env } from '../runtime/env.ts'
import { type Config, defineConfig, settle } from './config.ts'
import { definitionsOf } from './definitions.ts'
import { discover } from './discover.ts'
import { open } from './open.ts'

let dir = ''

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-project-')))
  put('package.json', '{ "type": "module" }')
})

afterEach(() => rmSync(dir, { recursive: true }))

function put(file: string, text: string): void {
  mkdirSync(dirname(join(dir, file)), { recursive: true })
  writeFileSync(join(dir, file), text)
}

const index = new URL('../index.ts', import.meta.url).href

/** A module that exports pipelines: the name of each export, and the pipeline's. */
function putPipelines(file: string, names: Readonly<Record<string, string>>): void {
  const lines = Object.entries(names).map(
    ([exported, name]) =>
      `export const ${exported} = pipeline('${name}', memory.rows([], { schema: { n: t.int32() } }), { to: print() })`,
  )
  put(file, [`import { memory, pipeline, print, t } from '${index}'`, ...lines].join('\n'))
}

function putConfig(file: string, config: string): void {
  put(file, `import { defineConfig, env } from '${index}'\nexport default defineConfig(${config})\n`)
}

test('a project without a config has the defaults', async () => {
  const { include, warehouse, deadLetters, file } = await settle(dir)
  assert.deepEqual(
    [include, warehouse, deadLetters, file],
    [['src/**/*.{ts,mts,cts,js,mjs,cjs}'], join('.headrace', 'warehouse.duckdb'), 'dead-letters', undefined],
  )
})

test('a profile stands before the project, setting by setting', async () => {
  putConfig(
    'headrace.config.ts',
    `{ include: ['jobs/*.ts'], deadLetters: 'bad', onBadRecord: 'fail', profiles: { prod: { deadLetters: 'worse', warehouse: env('NO_SUCH_WAREHOUSE') } } }`,
  )
  const base = await settle(dir)
  assert.deepEqual([base.deadLetters, base.onBadRecord, base.profiles], ['bad', 'fail', ['prod']])
  const prod = await settle(dir, 'prod')
  assert.deepEqual(
    [prod.include, prod.deadLetters, prod.onBadRecord, String(prod.warehouse)],
    [['jobs/*.ts'], 'worse', 'fail', 'env(NO_SUCH_WAREHOUSE)'],
  )
})

test('a profile that is not there is refused with those that are', async () => {
  await assert.rejects(settle(dir, 'prod'), { code: 'NOT_FOUND', message: /has no headrace\.config\.ts/ })
  putConfig('headrace.config.mjs', '{ profiles: { prod: {}, test: {} } }')
  await assert.rejects(settle(dir, 'prd'), {
    code: 'NOT_FOUND',
    message: /no profile 'prd' — did you mean 'prod'\? It has: prod, test\./,
  })
  await assert.rejects(settle(dir, 'toString'), { code: 'NOT_FOUND' })
})

test('what is no setting is refused by name', () => {
  const refused = (config: unknown, code: string, message: RegExp): void => {
    assert.throws(() => defineConfig(config as Config), { code, message })
  }
  refused({ wharehouse: 'x' }, 'UNKNOWN_OPTION', /no option 'wharehouse' — did you mean 'warehouse'\?/)
  refused({ profiles: { prod: { profiles: {} } } }, 'UNKNOWN_OPTION', /the profile 'prod' has no option/)
  refused({ topics: {} }, 'REFUSED', /topics need the log/)
  refused(
    { profiles: { prod: { warehouse: undefined } } },
    'INVALID_ARGUMENT',
    /'prod'.*warehouse.*env\('NAME'\)/,
  )
  refused({ profiles: { prod: { topics: {} } } }, 'REFUSED', /the profile 'prod': topics need the log/)
  refused({ include: 'src/**' }, 'INVALID_ARGUMENT', /include must be a list of globs/)
  refused({ warehouse: 7 }, 'INVALID_ARGUMENT', /warehouse must be a path, or env\('NAME'\), not 7/)
  refused({ profiles: [] }, 'INVALID_ARGUMENT', /profiles must be an object/)
  refused({ onBadRecord: 'ignore' }, 'INVALID_ARGUMENT', /onBadRecord is "ignore"/)
  refused(null, 'INVALID_ARGUMENT', /takes an object/)
  const good = { warehouse: env('X'), include: ['a/*.ts'] }
  assert.equal(defineConfig(good), good)
})

test('a config that cannot be what it should is refused with its file', async () => {
  put('headrace.config.ts', 'export const config = {}')
  await assert.rejects(settle(dir), {
    code: 'LOAD_FAILED',
    message: /headrace\.config\.ts has no default export/,
  })
  put('headrace.config.js', 'export default {}')
  await assert.rejects(settle(dir), {
    code: 'LOAD_FAILED',
    message: /both headrace\.config\.ts and headrace\.config\.js/,
  })
})

test('definitions are found by brand in the modules that the globs name, each once', async () => {
  putPipelines('src/a.ts', { first: 'one', second: 'two' })
  putPipelines('src/deep/b.mjs', { third: 'three' })
  put(
    'src/index.ts',
    "export * from './a.ts'\nexport { first as again } from './a.ts'\nexport const other = 7\n",
  )
  for (const left of ['src/a.test.ts', 'src/node_modules/x.ts', 'src/.hidden/x.ts'])
    putPipelines(left, { x: 'x' })
  put('src/types.d.ts', 'export interface A {}')
  put('src/readme.md', '')
  const { found, broken, modules } = await discover(dir, (await settle(dir)).include)
  assert.deepEqual(
    found.map(({ pipeline, file, exported }) => [pipeline.name, file, exported]),
    [
      ['one', 'src/a.ts', 'first'],
      ['two', 'src/a.ts', 'second'],
      ['three', 'src/deep/b.mjs', 'third'],
    ],
  )
  assert.deepEqual([broken, modules], [[], 3])
})

test('two definitions of one name are refused with both files', async () => {
  putPipelines('src/a.ts', { a: 'daily' })
  putPipelines('src/b.ts', { b: 'daily' })
  await assert.rejects(discover(dir, ['src/*.ts']), {
    code: 'NAME_TAKEN',
    message: /'daily': src\/a\.ts \(a\) and src\/b\.ts \(b\)/,
  })
})

test('a name is found beside a module that cannot be loaded, which is told', async () => {
  putPipelines('src/a.ts', { a: 'daily' })
  put('src/broken.ts', '\nenum A { B }\n')
  const told: string[] = []
  const lookup = { dir, onBroken: ({ error }: { error: Error }) => told.push(error.message) }
  const [found] = await definitionsOf('daily', lookup)
  assert.equal(found?.pipeline.name, 'daily')
  assert.match(told.join(), /broken\.ts:2: it has an enum/)
  await assert.rejects(definitionsOf('dialy', lookup), {
    code: 'NOT_FOUND',
    message:
      /no definition 'dialy', and no file of this name — did you mean 'daily'\? There are: daily\. It may be in .*broken\.ts:2: it has an enum/s,
  })
})

test('a reference is a name, a file, or a definition of a file', async () => {
  putPipelines('src/a.ts', { first: 'one', second: 'two' })
  putPipelines('odd#name.mjs', { x: 'odd' })
  put('src/none.ts', 'export const x = 1')
  const names = async (reference: string) =>
    (await definitionsOf(reference, { dir })).map(({ pipeline }) => pipeline.name)
  assert.deepEqual(await names('two'), ['two'])
  assert.deepEqual(await names('src/a.ts'), ['one', 'two'])
  assert.deepEqual(await names(join(dir, 'src/a.ts')), ['one', 'two'])
  assert.deepEqual(await names('src/a.ts#two'), ['two'])
  assert.deepEqual(await names('src/a.ts#first'), ['one'])
  assert.deepEqual(await names('odd#name.mjs'), ['odd'])
  assert.deepEqual(await names('odd#name.mjs#odd'), ['odd'])
  await assert.rejects(names('src/b.ts'), { code: 'NOT_FOUND', message: /no file .*src\/b\.ts/ })
  await assert.rejects(names('src/none.ts'), { code: 'NOT_FOUND', message: /exports no pipeline/ })
  await assert.rejects(names('src/a.ts#tow'), {
    code: 'NOT_FOUND',
    message: /did you mean 'two'\? It exports: one, two/,
  })
})

test('open takes its settings from the config of its folder, and of no other', async () => {
  putConfig('headrace.config.ts', `{ profiles: { prod: { warehouse: env('NO_SUCH_WAREHOUSE') } } }`)
  mkdirSync(join(dir, 'sub'))
  await (await open({ dir })).close()
  await (await open({ dir: join(dir, 'sub') })).close()
  await assert.rejects(open({ dir, profile: 'prod' }), {
    code: 'ENV_MISSING',
    message: /NO_SUCH_WAREHOUSE is not set, and the path of the warehouse needs it/,
  })
  await assert.rejects(open({ dir: join(dir, 'none') }), { code: 'NOT_FOUND', message: /no folder/ })
  await assert.rejects(open({ directory: dir } as never), { code: 'UNKNOWN_OPTION' })
})
