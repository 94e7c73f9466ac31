/** The scripts that stand between a fresh clone and the first run, tried on made-up projects with a scripted npm. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const scripts = fileURLToPath(new URL('../scripts', import.meta.url))

interface Ran {
  readonly status: number | null
  readonly stderr: string
  /** The arguments of each call of npm. */
  readonly npm: readonly string[]
  readonly read: (path: string) => string
}

/** Runs one of the scripts in a project that holds the given files. */
function inProject<T>(files: Record<string, string>, command: readonly string[], look: (ran: Ran) => T): T {
  const dir = mkdtempSync(join(tmpdir(), 'headrace-setup-'))
  try {
    cpSync(scripts, join(dir, 'scripts'), { recursive: true })
    const npm = "require('fs').appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n')"
    for (const [path, text] of Object.entries({
      ...files,
      'npm.cjs': npm,
      calls: '',
      'package.json': '{ "type": "module" }',
    })) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
    const env = { ...process.env, npm_execpath: join(dir, 'npm.cjs') }
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: dir, env, encoding: 'utf8' })
    const read = (path: string) => readFileSync(join(dir, path), 'utf8')
    return look({ status, stderr, npm: read('calls').trim().split('\n'), read })
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const lock = (packages: object) => JSON.stringify({ packages })
const wanted = {
  '': {},
  'node_modules/a': { version: '1.0.0' },
  'node_modules/b': { version: '1.0.0', optional: true },
}
const install = ['ci --include=dev --loglevel=error']

function setUp(files: Record<string, string>, ...args: string[]): Pick<Ran, 'npm' | 'stderr'> {
  const command = ['scripts/setup.js', ...args]
  return inProject({ 'package-lock.json': lock(wanted), ...files }, command, ({ npm, stderr }) => ({
    npm,
    stderr,
  }))
}

test('a fresh clone is installed', () => {
  assert.deepEqual(setUp({}), {
    npm: install,
    stderr: 'headrace: installing, because node_modules is missing\n',
  })
})

test('another version than the lockfile says is replaced, and so is a missing node', () => {
  const old = lock({ 'node_modules/a': { version: '0.9.0' } })
  const right = lock({ 'node_modules/a': { version: '1.0.0' } })
  assert.deepEqual(setUp({ 'node_modules/.package-lock.json': old }).npm, install)
  assert.match(setUp({ 'node_modules/.package-lock.json': right }).stderr, /pinned node is missing/)
})

test('what is installed is left alone, and only --build builds', () => {
  const installed = {
    'node_modules/.package-lock.json': lock({ 'node_modules/a': { version: '1.0.0' } }),
    'node_modules/node/bin/node': '',
  }
  assert.deepEqual(setUp(installed), { npm: [''], stderr: '' })
  assert.deepEqual(setUp(installed, '--build').npm, ['run --silent build'])
})

test('packages of other platforms are added to the lockfile, with their platform', () => {
  const optionalDependencies = { '@a/a-linux-x64-musl': '1.0.0', '@a/a-win32-arm64-msvc': '1.0.0' }
  const packages = { '': {}, 'node_modules/a': { version: '1.0.0', dev: true, optionalDependencies } }
  inProject({ 'package-lock.json': lock(packages) }, ['scripts/lock.js'], ({ read }) => {
    assert.deepEqual(JSON.parse(read('package-lock.json')).packages, {
      ...packages,
      'node_modules/@a/a-linux-x64-musl': {
        version: '1.0.0',
        cpu: ['x64'],
        dev: true,
        libc: ['musl'],
        optional: true,
        os: ['linux'],
      },
      'node_modules/@a/a-win32-arm64-msvc': {
        version: '1.0.0',
        cpu: ['arm64'],
        dev: true,
        optional: true,
        os: ['win32'],
      },
    })
  })
})

test('a package whose platform cannot be told from its name stops the locking', () => {
  const packages = { 'node_modules/a': { version: '1.0.0', optionalDependencies: { fsevents: '2.3.3' } } }
  inProject({ 'package-lock.json': lock(packages) }, ['scripts/lock.js'], ({ status, stderr }) => {
    assert.equal(status, 1)
    assert.match(stderr, /cannot tell the platform of fsevents@2\.3\.3/)
  })
})
