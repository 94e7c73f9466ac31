import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entriesOf, lockfileFaults, unknownRooms, unpinned } from './manifest.ts'
import type { Project } from './project.ts'

function project(manifest: object, lock: object = {}): Project {
  return new Map([
    ['package.json', JSON.stringify(manifest)],
    ['package-lock.json', JSON.stringify(lock)],
  ])
}

test('versions that can change between two installs are found', () => {
  const ranges = { a: '^1.2.3', b: '~1.2.3', c: '1.x', d: 'latest', e: 'file:../e', f: '>=1.0.0' }
  const exact = { g: '1.2.3', h: '1.5.6-r.1' }
  assert.equal(unpinned(project({ dependencies: exact, devDependencies: ranges })).length, 6)
})

test('a lockfile with download addresses, without some platform, or of another manifest is found', () => {
  const dependencies = { a: '1.0.0' }
  const a = { version: '1.0.0', optionalDependencies: { 'a-linux': '1.0.0' } }
  const good = { '': { dependencies }, 'node_modules/a': a, 'node_modules/a-linux': { version: '1.0.0' } }
  const faults = (packages: object) => lockfileFaults(project({ dependencies }, { packages }))

  assert.deepEqual(faults(good), [])
  assert.match(faults({ ...good, 'node_modules/a': { ...a, resolved: 'a.tgz' } }).join(), /download address/)
  assert.match(faults({ ...good, 'node_modules/a-linux': undefined }).join(), /a-linux is missing/)
  assert.match(faults({ ...good, '': { dependencies: { a: '1.0.1' } } }).join(), /not those of package.json/)
})

test('the entries of the package are read from its exports and imports', () => {
  const exports = {
    '.': { 'headrace-source': './src/index.ts', default: './dist/index.js' },
    './p': './p.json',
  }
  const imports = { '#cli': { 'headrace-source': './src/cli/main.ts' } }
  assert.deepEqual(entriesOf(project({ exports, imports })), ['src/index.ts', 'src/cli/main.ts'])
})

test('files outside the folders of the design, and in folders with shapeless names, are found', () => {
  const files = [
    'a.md',
    'src/plan/a.ts',
    'test/types/a.ts',
    'lib/a.ts',
    'docs/notes/a.md',
    'src/plan/utils/a.ts',
  ]
  const found = unknownRooms(new Map(files.map(path => [path, ''])))
  assert.deepEqual(
    found.map(finding => finding.split(':')[0]),
    ['lib/a.ts', 'docs/notes/a.md', 'src/plan/utils/a.ts'],
  )
})
