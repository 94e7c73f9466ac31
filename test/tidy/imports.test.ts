import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  deadFiles,
  foreignPackages,
  importCycles,
  indexImports,
  missingFiles,
  siblingImports,
  unknownFolders,
  upwardImports,
} from './imports.ts'
import type { Project } from './project.ts'

function project(files: Record<string, string>): Project {
  return new Map(Object.entries(files))
}

test('an import of a higher or an equal layer is found, whatever form it has', () => {
  const files = {
    'src/schema/a.ts': "import { x } from '../plan/b.ts'\nimport type { Y } from '../seam/c.ts'",
    'src/plan/b.ts': "export * from '../duckdb/d.ts'\nexport const load = () => import('../engine/e.ts')",
    'src/engine/e.ts': "const worker = new URL('../pipeline/f.ts', import.meta.url)",
    'src/seam/c.ts': "export type Z = import('../plan/b.ts').Z",
  }
  assert.deepEqual(upwardImports(project(files)), [
    'src/engine/e.ts:1 imports src/pipeline/f.ts: pipeline is layer 6, and engine is layer 5',
    'src/plan/b.ts:1 imports src/duckdb/d.ts: duckdb is layer 3, and plan is layer 3',
    'src/plan/b.ts:2 imports src/engine/e.ts: engine is layer 5, and plan is layer 3',
    'src/schema/a.ts:1 imports src/plan/b.ts: plan is layer 3, and schema is layer 1',
    'src/schema/a.ts:2 imports src/seam/c.ts: seam is layer 2, and schema is layer 1',
    'src/seam/c.ts:1 imports src/plan/b.ts: plan is layer 3, and seam is layer 2',
  ])
})

test('an import of a lower layer or of its own folder is fine; tests and index files may import anything', () => {
  const files = {
    'src/plan/a.ts': "import '../schema/b.ts'\nimport './c.ts'\nimport '../errors.ts'\nimport 'node:fs'",
    'src/runtime/r.ts': "import '../errors.ts'",
    'src/schema/b.test.ts': "import '../engine/e.ts'",
    'src/index.ts': "export * from './engine/e.ts'",
  }
  assert.deepEqual(upwardImports(project(files)), [])
})

test('src/ does not import from outside itself', () => {
  const files = { 'src/plan/a.ts': "import '../../test/run.ts'" }
  assert.match(upwardImports(project(files)).join(), /does not import from outside src/)
})

test('a folder of src/ that no layer lists is found', () => {
  const files = { 'src/helpers/a.ts': '', 'src/loose.ts': '', 'src/plan/a.ts': '', 'src/index.ts': '' }
  assert.equal(unknownFolders(project(files)).length, 2)
})

test('engines that import each other are found, and what they share is not', () => {
  const files = {
    'src/engine/reference/a.ts':
      "import '../incremental/b.ts'\nimport '../engine.ts'\nimport '../sketch/s.ts'",
    'src/engine/duckdb/c.ts': "import './d.ts'",
  }
  assert.deepEqual(siblingImports(project(files)), [
    'src/engine/reference/a.ts:1 imports src/engine/incremental/b.ts: they are kept apart',
  ])
})

test('an import of an index file inside src/ is found', () => {
  const files = { 'src/plan/a.ts': "import type { X } from '../index.ts'", 'src/index.ts': '' }
  assert.equal(indexImports(project(files)).length, 1)
})

test('files that load each other are found, and types close no cycle', () => {
  const value = {
    'src/plan/a.ts': "import './b.ts'",
    'src/plan/b.ts': "import './c.ts'",
    'src/plan/c.ts': "import { type A } from './a.ts'",
    'src/plan/d.ts': "import './a.ts'",
  }
  assert.deepEqual(importCycles(project(value)), [
    'these files import each other: src/plan/a.ts, src/plan/b.ts, src/plan/c.ts',
  ])
  const types = { ...value, 'src/plan/c.ts': "import type { A } from './a.ts'" }
  assert.deepEqual(importCycles(project(types)), [])
})

test('a file that only a test reaches is dead', () => {
  const files = {
    'src/index.ts': "export * from './plan/a.ts'",
    'src/plan/a.ts': "import type { B } from './b.ts'",
    'src/plan/b.ts': '',
    'src/plan/c.ts': '',
    'src/plan/c.test.ts': "import './c.ts'",
  }
  assert.deepEqual(deadFiles(project(files), ['src/index.ts']), [
    'src/plan/c.ts: no entry of the package reaches it',
  ])
})

test('an import of a file that does not exist is found', () => {
  assert.equal(missingFiles(project({ 'bench/a.ts': "import './b.ts'" })).length, 1)
})

test('a package that users do not get, or that has another owner, is found', () => {
  const files = {
    'src/duckdb/a.ts': "import { DuckDBInstance } from '@duckdb/node-api'",
    'src/plan/b.ts': "import type { X } from '@duckdb/node-api/lib/x.js'\nimport 'zod'",
    'src/plan/b.test.ts': "import 'zod'",
  }
  assert.deepEqual(
    foreignPackages(project(files), ['@duckdb/node-api'], { '@duckdb/node-api': 'src/duckdb/' }),
    [
      'src/plan/b.ts:1 imports @duckdb/node-api: only src/duckdb/ does',
      'src/plan/b.ts:2 imports zod, which is not a dependency',
    ],
  )
})
