import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { commandLine } from '../../../test/cli/command-line.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
let dir = ''

before(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-init-')))
})

after(() => rmSync(dir, { recursive: true }))

const headrace = (...args: string[]) => commandLine(args)

/** Runs Node in a project, and gives what it prints on standard output; rejects if it fails. */
async function node(cwd: string, ...args: string[]): Promise<string> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=headrace-source', ...args], {
    cwd,
    env,
  })
  return stdout
}

/** In place of `npm install`: the packages of this repository, and itself. */
function install(project: string): void {
  mkdirSync(join(project, 'node_modules', '@types'), { recursive: true })
  symlinkSync(root, join(project, 'node_modules', 'headrace'), 'junction')
  for (const name of ['typescript', '@types/node']) {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name), 'junction')
  }
}

test('a new project has a test that passes, types that hold, and a pipeline that runs', async () => {
  const project = join(dir, 'My Shop')
  const made = await headrace('init', project)
  assert.equal(made.status, 0, made.err)
  assert.match(made.out, /npx headrace run daily-revenue/)
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as Record<string, unknown>
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  assert.equal(manifest.name, 'my-shop')
  assert.deepEqual(manifest.dependencies, { headrace: `^${own.version}` })
  assert.match(readFileSync(join(project, '.gitignore'), 'utf8'), /node_modules/)
  install(project)
  const [tested, , ran] = await Promise.all([
    node(project, '--test'),
    node(project, join('node_modules', 'typescript', 'bin', 'tsc'), '--customConditions', 'headrace-source'),
    node(project, join(root, 'bin', 'headrace.js'), 'run', 'daily-revenue', '--json'),
  ])
  assert.match(tested, /pass 1\b/)
  const report = JSON.parse(ran) as { rowsRead: number; rowsWritten: number }
  assert.ok(report.rowsRead === 36 && report.rowsWritten > 5, ran)
  const asked = await headrace('query', 'SELECT count(*) AS n FROM daily_revenue', '--json', '--dir', project)
  assert.match(asked.out, new RegExp(`"n":"?${report.rowsWritten}\\b`), asked.err)
  const doctor = await headrace('doctor', '--dir', project)
  assert.equal(doctor.status, 0, doctor.out)
  assert.match(doctor.out, /ok +modules +1 module .*1 pipeline: daily-revenue/)
})

test('a folder that is not empty is refused', async () => {
  writeFileSync(join(dir, 'mine.txt'), 'x')
  const { status, err } = await headrace('init', dir)
  assert.equal(status, 1)
  assert.match(err, /WRITE_FAILED: .* is not empty: it has /)
  assert.equal((await headrace('init')).status, 2)
})
