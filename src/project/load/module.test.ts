import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { loadModule } from './module.ts'

let folder = ''

/** What the cases import. */
const project: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }',
  'tsconfig.json':
    '{ // comments\n "compilerOptions": { "paths": { "@/*": ["./lib/*"], "~shop": ["./lib/a.ts"], /* or */ "#x": [], }, } }',
  'lib/a.ts': 'export const a: number = 1\nexport const price = 2\nexport interface Row { x: number }\n',
  'lib/index.ts': 'export const all = 1\n',
  'lib/view.tsx': 'export const v = <p/>\n',
  'lib/common.cjs': 'const all = {}\nall.x = 1\nmodule.exports = all\n',
  'data.json': '{}',
  'notes.txt': 'x',
  'node_modules/typed/package.json': '{ "name": "typed", "type": "module", "exports": "./index.ts" }',
  'node_modules/typed/index.ts': 'export const x: number = 1\n',
  'node_modules/@scope/closed/package.json': '{ "name": "@scope/closed", "exports": { ".": "./index.js" } }',
}

before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-load-')))
  for (const [file, text] of Object.entries(project)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
})

after(() => rmSync(folder, { recursive: true }))

/** Loads a module of this text, and gives the message of its failure with paths as from the folder. */
async function failure(file: string, ...lines: string[]): Promise<string> {
  const path = join(folder, file)
  writeFileSync(path, lines.join('\n'))
  let message = ''
  await assert.rejects(loadModule(path), (error: Error & { code: string }) => {
    assert.equal(error.code, 'LOAD_FAILED')
    message = error.message.replaceAll(`${folder}/`, '')
    return true
  })
  return message
}

/** What it is, the file, its text, the line that must be named, and what must be said. */
const refused: readonly (readonly [
  what: string,
  file: string,
  text: string[],
  line: number,
  said: RegExp,
])[] = [
  ['an enum', 'enum.ts', ['', 'export enum Color { Red }'], 2, /it has an enum.*t\.enum/],
  ['a const enum', 'const-enum.ts', ['const enum Color { Red }', 'export const c = Color.Red'], 1, /an enum/],
  [
    'a parameter property',
    'property.ts',
    ['export class Shop {', '  constructor(private readonly name: string) {}', '}'],
    2,
    /a parameter property.*assign it in the constructor/,
  ],
  [
    'a namespace',
    'namespace.ts',
    ['export namespace N { export const a = 1 }'],
    1,
    /a namespace.*module of its own/,
  ],
  ['import =', 'equals.ts', ["import fs = require('node:fs')", 'fs'], 1, /import x from/],
  ['export =', 'assign.ts', ['export = 3'], 1, /export default/],
  ['a type assertion <T>', 'angle.ts', ["const a: unknown = 'x'", 'export const b = <string>a'], 2, /x as T/],
  [
    'a decorator',
    'decorator.ts',
    ['const seal = (x: unknown): void => void x', '', '@seal', 'export class Shop {}'],
    3,
    /a decorator.*compile/,
  ],
  [
    'a path alias',
    'alias.ts',
    ["import { a } from '@/a'", 'export { a }'],
    1,
    /path alias of tsconfig\.json.*'\.\/lib\/a\.ts'/,
  ],
  [
    'a whole alias',
    'alias-whole.ts',
    ["import { a } from '~shop'", 'export { a }'],
    1,
    /path alias.*'\.\/lib\/a\.ts'/,
  ],
  [
    'no extension',
    'bare.ts',
    ['', "export { a } from './lib/a'"],
    2,
    /The file is a\.ts: write '\.\/lib\/a\.ts'/,
  ],
  [
    'the extension of the compiled file',
    'js.ts',
    ["export { a } from './lib/a.js'"],
    1,
    /write '\.\/lib\/a\.ts'/,
  ],
  ['a folder', 'folder.ts', ["export { all } from './lib'"], 1, /write '\.\/lib\/index\.ts'/],
  ['a missing file', 'nowhere.ts', ["export { a } from './lib/nowhere.ts'"], 1, /there is no such file/],
  ['a missing package', 'package.ts', ["import 'no-such-package/sub'"], 1, /npm install no-such-package\./],
  ['a missing scoped package', 'scoped.ts', ["import '@scope/missing'"], 1, /npm install @scope\/missing\./],
  [
    'a closed path of a package',
    'closed.ts',
    ['', "import '@scope/closed/inner.js'"],
    2,
    /not defined by "exports"/,
  ],
  [
    'require',
    'require.ts',
    ["export const fs = require('node:fs')"],
    1,
    /require is of CommonJS.*import x from/,
  ],
  ['module.exports', 'exports.ts', ['module.exports = {}'], 1, /Write export const/],
  ['__dirname', 'dirname.ts', ['', '', 'export const d = __dirname'], 3, /import\.meta\.dirname/],
  [
    'a type imported as a value',
    'type.ts',
    ["import { a, Row } from './lib/a.ts'", 'export const r: Row = { x: a }'],
    1,
    /Row is a type.*import \{ type Row \}/,
  ],
  [
    'a type exported as a value',
    'retype.ts',
    ['', "export { Row } from './lib/a.ts'"],
    2,
    /export \{ type Row \}/,
  ],
  [
    'a name that is not exported',
    'name.ts',
    ["import { prise } from './lib/a.ts'", 'prise'],
    1,
    /exports no 'prise' — did you mean 'price'\?/,
  ],
  ['no default export', 'default.ts', ["import a from './lib/a.ts'", 'a'], 1, /has no default export/],
  [
    'a name of a CommonJS module',
    'named.ts',
    ["import { x } from './lib/common.cjs'", 'x'],
    1,
    /is CommonJS.*import all from/,
  ],
  [
    'JSON without its type',
    'json.ts',
    ["import data from './data.json'", 'data'],
    1,
    /with \{ type: 'json' \}/,
  ],
  ['JSX', 'jsx.ts', ['', "export { v } from './lib/view.tsx'"], 2, /does not run JSX/],
  ['another kind of file', 'text.ts', ["import './notes.txt'"], 1, /read it with node:fs/],
  [
    'TypeScript of a package',
    'typed.ts',
    ['', "import { x } from 'typed'", 'export { x }'],
    2,
    /package typed has TypeScript.*refuses/,
  ],
  ['a syntax error', 'syntax.ts', ['const a = 1', 'export const b = (('], 2, /SyntaxError: /],
  ['a syntax error in JavaScript', 'syntax.mjs', ['', 'export const = 1'], 2, /SyntaxError: /],
  ['a syntax error in CommonJS', 'syntax.cjs', ['', '', 'exports.a = = 1'], 3, /SyntaxError: /],
  ['import in CommonJS', 'import.cts', ["import fs from 'node:fs'", 'fs'], 1, /"type": "module"/],
  ['require of nothing', 'require.cjs', ['', "require('./lib/a.js')"], 2, /write '\.\/lib\/a\.ts'/],
  [
    'code that throws',
    'throws.ts',
    ['', "throw new RangeError('no luck\\nat all')"],
    2,
    /RangeError: no luck\.$/,
  ],
]

for (const [what, file, text, line, said] of refused) {
  test(`${what} is named with its place and the way out`, async () => {
    const message = await failure(file, ...text)
    assert.ok(message.startsWith(`Cannot load ${file} at ${file}:${line}: `), message)
    assert.match(message, said)
    assert.doesNotMatch(message, /\n/)
  })
}

test('the place is that of the imported module where the fault is there', async () => {
  writeFileSync(join(folder, 'lib/deep.ts'), '\n\nexport enum Deep { A }\n')
  writeFileSync(
    join(folder, 'lib/decorated.ts'),
    'const d = (x: unknown) => x\n@d class A {}\nexport { A }\n',
  )
  assert.match(
    await failure('top.ts', "import './lib/deep.ts'"),
    /^Cannot load top\.ts at lib\/deep\.ts:3: it has an enum/,
  )
  assert.match(
    await failure('top2.ts', "import './lib/decorated.ts'"),
    /^Cannot load top2\.ts at lib\/decorated\.ts:2: it has a decorator/,
  )
})

test('what is thrown need not be an error', async () => {
  assert.equal(await failure('null.mjs', 'throw null'), 'Cannot load null.mjs: it threw null.')
})

test('a file of another kind is refused before it is loaded', async () => {
  assert.match(await failure('view.tsx', ''), /Node does not run JSX.*rename it to view\.ts/)
  assert.match(await failure('data2.json', '{}'), /no TypeScript or JavaScript module/)
  await assert.rejects(loadModule(join(folder, 'missing.ts')), { code: 'NOT_FOUND' })
})

test('TypeScript of every kind and compiled JavaScript load', async () => {
  for (const [file, text] of Object.entries({
    'plain.ts': "import { type Row, a } from './lib/a.ts'\nexport const value: Row = { x: a }",
    'plain.mts': 'export const value = 1 satisfies number',
    'plain.cts': 'const value: number = 1\nmodule.exports = { value }',
    'compiled.js': 'export const value = 1',
    'compiled.mjs': 'export const value = 1',
    'compiled.cjs': 'exports.value = 1',
    'späte # datei.ts': 'export const value = 1',
  })) {
    writeFileSync(join(folder, file), text)
    assert.ok('value' in (await loadModule(join(folder, file))), file)
  }
})
