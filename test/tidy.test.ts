/** The house rules, applied to this repository. What each rule can find is shown beside it, in test/tidy/. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { errorPage } from '../scripts/docs.ts'
import { errors } from '../src/errors.ts'
import { nonDeterminism, switchedTests, unusedCodes } from './tidy/code.ts'
import { longFileExceptions, longFunctionExceptions } from './tidy/exceptions.ts'
import {
  deadFiles,
  foreignPackages,
  importCycles,
  indexImports,
  missingFiles,
  siblingImports,
  unknownFolders,
  upwardImports,
} from './tidy/imports.ts'
import { entriesOf, lockfileFaults, manifestOf, unknownRooms, unpinned } from './tidy/manifest.ts'
import { readRepository, textOf } from './tidy/project.ts'
import { longFiles, longFunctions } from './tidy/size.ts'
import { machineTraces, missingPaths, openMarkers } from './tidy/text.ts'

const project = readRepository(fileURLToPath(new URL('..', import.meta.url)))
const { dependencies = {}, peerDependencies = {} } = manifestOf(project)
const installed = Object.keys({ ...dependencies, ...peerDependencies })
const owners = { '@duckdb/node-api': 'src/duckdb/', '@duckdb/node-bindings': 'src/duckdb/' }

const rules: Readonly<Record<string, () => string[]>> = {
  'a folder imports only from lower layers and itself': () => upwardImports(project),
  'src/ has only the folders of the design': () => unknownFolders(project),
  'engines and connectors do not know each other': () => siblingImports(project),
  'index files are not imported inside src/': () => indexImports(project),
  'no value-import cycles': () => importCycles(project),
  'every import leads to a file': () => missingFiles(project),
  'every file of src/ is reached from an entry of the package': () => deadFiles(project, entriesOf(project)),
  'src/ imports only dependencies, and each driver in its own folder': () =>
    foreignPackages(project, installed, owners),
  'files are short': () => longFiles(project, longFileExceptions),
  'functions are short': () => longFunctions(project, longFunctionExceptions),
  'clocks, randomness and timers enter through src/runtime/': () => nonDeterminism(project),
  'no test is switched off': () => switchedTests(project),
  'no marker of unfinished work': () => openMarkers(project),
  'every path that a document names exists': () => missingPaths(project),
  'no trace of one machine or registry': () => machineTraces(project),
  'versions are pinned': () => unpinned(project),
  'the lockfile installs anywhere': () => lockfileFaults(project),
  'every file is in a folder of the design': () => unknownRooms(project),
  'every error code is used': () => unusedCodes(project, Object.keys(errors)),
}

for (const [name, findings] of Object.entries(rules)) {
  test(name, () => {
    const found = findings()
    assert.ok(found.length === 0, `\n  ${found.join('\n  ')}`)
  })
}

test('docs/reference/errors.md is what `npm run docs` writes', () => {
  assert.equal(textOf(project, 'docs/reference/errors.md'), errorPage())
})
