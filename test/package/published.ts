/**
 * `npm run test:package`: what is published works where it is installed. It is packed and installed as users do it, on the
 * oldest Node that it supports and on the newest, and nothing of this repository helps it.
 */
import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Block, blocksOf, commandsOf, fileOf } from '../documentation/page.ts'
import { type Installed, install, manifest, type NodeMajor, nodeOf, type Ran, run } from './install.ts'

const MOST_MEGABYTES = 100
const SUPPORTED: readonly NodeMajor[] = ['22', '24']
const BIN = join('node_modules', 'headrace', 'bin', 'headrace.js')
const STACK = /^\s+at /m

let installed: Installed

before(async () => {
  installed = await install()
})

after(() => installed?.remove())

/** Runs Node in a folder of the project. */
const node = (major: NodeMajor, args: readonly string[], folder = '.'): Promise<Ran> =>
  run(nodeOf(installed, major), args, join(installed.project, folder))

/** A folder of the project, for what one test writes. */
function folderFor(name: string): string {
  mkdirSync(join(installed.project, name))
  return name
}

async function ok(running: Promise<Ran>): Promise<Ran> {
  const ran = await running
  assert.equal(ran.status, 0, ran.stdout + ran.stderr)
  return ran
}

for (const major of SUPPORTED) {
  describe(`on Node ${major}`, { concurrency: 2 }, () => {
    test('the command is found, and tells its version', async () => {
      const command = join(installed.project, 'node_modules', '.bin', 'headrace')
      const { stdout } = await ok(
        run(command, ['--version'], installed.project, dirname(nodeOf(installed, major))),
      )
      assert.equal(stdout, `${manifest.version}\n`)
    })

    test('a pipeline in a TypeScript file is run', async () => {
      const folder = folderFor(`run-${major}`)
      const at = (name: string): string => join(installed.project, folder, name)
      writeFileSync(at('orders.csv'), 'id,product,price\n1,apple,2.50\n2,bread,1.00\n3,apple,0.25\n')
      writeFileSync(at('totals.ts'), readFileSync(join(installed.project, 'totals.ts')))
      await ok(node(major, [join('..', BIN), 'run', 'totals.ts'], folder))
      const lines = readFileSync(at('totals.ndjson'), 'utf8').trim().split('\n').sort()
      assert.deepEqual(lines, [
        '{"product":"apple","revenue":2.75,"orders":2}',
        '{"product":"bread","revenue":1.00,"orders":1}',
      ])
    })

    test('a new project runs, passes its own test, and type-checks', async () => {
      const folder = `init-${major}`
      await ok(node(major, [BIN, 'init', folder]))
      const { scripts = {} } = JSON.parse(
        readFileSync(join(installed.project, folder, 'package.json'), 'utf8'),
      )
      assert.match(scripts.test ?? '', /^node --test/)
      const { stdout } = await ok(node(major, scripts.test.split(' ').slice(1), folder))
      assert.match(stdout, /^# fail 0|ℹ fail 0/m)
      const { stdout: report } = await ok(
        node(major, [join('..', BIN), 'run', 'daily-revenue', '--json'], folder),
      )
      assert.ok(JSON.parse(report).rowsRead > 0, report)
      await ok(node(major, [join('..', 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit'], folder))
    })

    test('an error is told in one line, without a stack', async () => {
      const failed = await node(major, [BIN, 'run', 'wrong.ts'])
      assert.equal(failed.status, 1)
      assert.match(failed.stderr, /^headrace: UNKNOWN_COLUMN: .*'m'/m)
      assert.doesNotMatch(failed.stderr, STACK)
      const unknown = await node(major, [BIN, 'conquer'])
      assert.equal(unknown.status, 2)
      assert.doesNotMatch(unknown.stderr, STACK)
    })

    test('it is imported and works inside a worker thread', async () => {
      const { stdout } = await ok(node(major, ['worker.ts']))
      assert.equal(stdout, 'the worker added up to 190\n')
    })

    test('every subpath is imported, and one thing of it used', async () => {
      const subpaths = Object.keys(manifest.exports)
      const { stdout } = await ok(node(major, ['subpaths.ts', ...subpaths]))
      assert.equal(stdout, subpaths.map(subpath => `${subpath}: used\n`).join(''))
    })

    test('a CommonJS program may require it', async () => {
      const program = "const { t } = require('headrace'); console.log(t.int32().kind)"
      const { stdout } = await ok(node(major, ['--input-type=commonjs', '--eval', program]))
      assert.equal(stdout, 'int32\n')
    })

    test("a user's own test runs with what headrace/testing gives", async () => {
      const { stdout } = await ok(node(major, ['--test', '--test-reporter=tap', 'testing.test.ts']))
      assert.match(stdout, /^# pass 2$/m)
    })

    test('the snippets of the readme run', async () => {
      const folder = folderFor(`readme-${major}`)
      const at = (name: string): string => join(installed.project, folder, name)
      const readme = join(installed.project, 'node_modules', 'headrace', 'README.md')
      let ran = 0
      for (const [i, block] of blocksOf('README.md', readFileSync(readme, 'utf8')).entries()) {
        const file = fileOf(block) ?? `program-${i}.ts`
        if (block.language === 'sh') ran += await commandsRun(major, block, folder)
        else {
          mkdirSync(dirname(at(file)), { recursive: true })
          writeFileSync(at(file), block.code)
          if (block.language !== 'ts' || fileOf(block) !== undefined) continue
          await ok(node(major, [file], folder))
          ran++
        }
      }
      assert.ok(ran > 0, 'the readme has a program, or a command')
    })
  })
}

/** Runs the commands of a block that are Headrace's own, and gives their count. */
async function commandsRun(major: NodeMajor, block: Block, folder: string): Promise<number> {
  let [ran, dir] = [0, folder]
  for (const { words } of commandsOf(block.code)) {
    if (words[0] === 'cd') dir = join(dir, words[1]!)
    if (words[0] !== 'npx' || words[1] !== 'headrace') continue
    await ok(node(major, [join(installed.project, BIN), ...words.slice(2)], dir))
    ran++
  }
  return ran
}

describe('the package', { concurrency: 2 }, () => {
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['preserve', 'bundler'],
  ] as const) {
    test(`its types pass a strict check with moduleResolution ${moduleResolution}`, async () => {
      const options = `--noEmit --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipLibCheck false --target es2022 --types node`
      const tsc = join('node_modules', 'typescript', 'bin', 'tsc')
      const args = [
        tsc,
        ...options.split(' '),
        '--module',
        module,
        '--moduleResolution',
        moduleResolution,
        'consumer.ts',
      ]
      const { status, stdout } = await node('24', args)
      assert.equal(stdout, '')
      assert.equal(status, 0)
    })
  }

  test('on Node 18 the command parses, and says in one line what it needs', async () => {
    const { status, stdout, stderr } = await node('18', [BIN, 'run', 'totals.ts'])
    assert.match(stderr, /^headrace needs Node 22\.22 or newer, and this is 18\.\S+ \(.*\)\n$/)
    assert.deepEqual([status, stdout], [2, ''])
  })

  test(`with everything that it needs it takes at most ${MOST_MEGABYTES} MB`, t => {
    const size = globSync('**/*', { cwd: join(installed.bare, 'node_modules'), withFileTypes: true })
      .filter(entry => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
    const megabytes = size / 2 ** 20
    t.diagnostic(`${megabytes.toFixed(1)} MB`)
    assert.ok(megabytes <= MOST_MEGABYTES, `${megabytes.toFixed(1)} MB`)
  })

  test('where the native package of the platform is missing, it is named', async () => {
    const [native] = globSync('node_modules/@duckdb/node-bindings-*', { cwd: installed.bare })
    assert.ok(native, 'a native package is installed')
    rmSync(join(installed.bare, native), { recursive: true })
    writeFileSync(join(installed.bare, 'totals.ts'), readFileSync(join(installed.project, 'totals.ts')))
    const { status, stdout, stderr } = await run(
      nodeOf(installed, '22'),
      [BIN, 'run', 'totals.ts'],
      installed.bare,
    )
    assert.deepEqual([status, stdout], [1, ''])
    const name = native.split(/node_modules./)[1]!.replaceAll('\\', '/')
    assert.match(
      stderr,
      new RegExp(`^headrace: MISSING_PACKAGE: .* ${name} is missing\\. Run: npm install .*${name}@`),
    )
    assert.doesNotMatch(stderr, STACK)
  })

  test('publint finds nothing to say', async () => {
    const program = `
      const { publint } = await import('publint')
      const { messages } = await publint({ pkgDir: 'node_modules/headrace', strict: true, pack: false })
      console.log(JSON.stringify(messages))`
    const { stdout } = await ok(node('24', ['--input-type=module', '--eval', program]))
    assert.equal(stdout, '[]\n')
  })

  test('every file that a source map speaks of is inside it', () => {
    const dist = join(installed.project, 'node_modules', 'headrace', 'dist')
    const maps = globSync('**/*.map', { cwd: dist })
    for (const file of maps) {
      const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(dist, file), 'utf8'))
      assert.equal(
        sourcesContent.filter((text: unknown) => typeof text === 'string').length,
        sources.length,
        file,
      )
    }
    for (const file of globSync('**/*.js', { cwd: dist })) {
      const named = /\/\/# sourceMappingURL=(\S+)/.exec(readFileSync(join(dist, file), 'utf8'))?.[1]
      if (named !== undefined) assert.ok(existsSync(join(dist, dirname(file), named)), `${file}: ${named}`)
    }
  })
})
