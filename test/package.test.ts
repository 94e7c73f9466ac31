/** What users install: the packed files, in a project of their own, without the condition that leads to src/. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

interface Manifest {
  readonly version: string
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly dependencies: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest
const subpaths = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [{ specifier: name.replace('.', 'headrace'), ...target }],
)
let user = ''
let installed = ''

before(() => {
  user = mkdtempSync(join(tmpdir(), 'headrace-user-'))
  installed = join(user, 'node_modules', 'headrace')
  mkdirSync(installed, { recursive: true })
  for (const part of ['package.json', 'bin']) cpSync(root + part, join(installed, part), { recursive: true })
  const built = run(join(root, 'scripts', 'build.js'), join(installed, 'dist'))
  assert.equal(built.status, 0, built.stdout + built.stderr)
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) link(name)
  writeFileSync(join(user, 'package.json'), '{ "type": "module" }')
})

after(() => rmSync(user, { recursive: true }))

function link(name: string): void {
  const target = join(user, 'node_modules', name)
  mkdirSync(join(target, '..'), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), target, 'junction')
}

function run(...args: string[]) {
  const { NODE_OPTIONS: _, ...env } = process.env
  return spawnSync(process.execPath, args, { cwd: user, env, encoding: 'utf8' })
}

test('every subpath of the package loads', () => {
  const program = subpaths
    .map(
      ({ specifier }, i) =>
        `import * as m${i} from '${specifier}'\nconsole.log(Object.keys(m${i}).length > 0)`,
    )
    .join('\n')
  const done = run('--input-type=module', '--eval', program)
  assert.equal(done.stdout, 'true\n'.repeat(subpaths.length), done.stderr)
})

test('every subpath has types that a strict user can check', () => {
  const program = subpaths.map(({ specifier }, i) => `export * as m${i} from '${specifier}'`).join('\n')
  writeFileSync(join(user, 'main.ts'), program)
  const options = '--noEmit --strict --module nodenext --target esnext --types node --skipLibCheck false'
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const done = run(tsc, ...options.split(' '), 'main.ts')
  assert.equal(done.stdout, '')
  assert.equal(done.status, 0)
})

test('the command tells its version, and refuses what it does not know', () => {
  const command = join(installed, 'bin', 'headrace.js')
  assert.equal(run(command, '--version').stdout, `${manifest.version}\n`)
  const refused = run(command, 'conquer')
  assert.equal(refused.status, 2)
  assert.match(refused.stderr, /conquer/)
})

test('on an old Node the command says in one line what it needs', () => {
  const older = `Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } })`
  const done = run('--import', `data:text/javascript,${older}`, join(installed, 'bin', 'headrace.js'))
  assert.match(done.stderr, /^headrace needs Node 22\.22 or newer, and this is 20\.20\.2 .*\n$/)
  assert.equal(done.status, 2)
})

test('what is packed is dist/, the command, the templates, the licence and the readme', () => {
  const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  const [{ files } = { files: [] }] = JSON.parse(packed.stdout) as { files: { path: string }[] }[]
  const parts = new Set(files.map(({ path }) => path.split('/')[0]))
  assert.deepEqual([...parts].sort(), ['LICENSE', 'README.md', 'bin', 'dist', 'package.json', 'templates'])
  assert.ok(existsSync(join(installed, 'dist', 'index.d.ts')))
  assert.deepEqual(
    files.filter(({ path }) => path.startsWith('dist/') && path.includes('.test.')),
    [],
  )
})
