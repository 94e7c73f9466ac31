/** Every TypeScript example in the readme and the guides type-checks against the package as it is. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Project, paths, readRepository, textOf } from './tidy/project.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Example {
  /** Where it stands: 'README.md:12'. */
  readonly place: string
  readonly code: string
}

function examples(project: Project): Example[] {
  return paths(project, /^(README|docs\/guide\/.*)\.md$/).flatMap(path => {
    const text = textOf(project, path)
    return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ index, 1: code = '' }) => ({
      place: `${path}:${text.slice(0, index).split('\n').length}`,
      code,
    }))
  })
}

/** What the compiler says of the examples, each a module of its own, with their places instead of file names. */
function errorsIn(all: readonly Example[]): string {
  // Inside the repository, because only there `import 'headrace'` leads to src/.
  mkdirSync(`${root}node_modules/.cache`, { recursive: true })
  const folder = mkdtempSync(`${root}node_modules/.cache/examples-`)
  try {
    all.forEach(({ code }, i) => {
      writeFileSync(join(folder, `example${i}.ts`), `${code}\nexport {}\n`)
    })
    const config = {
      extends: '../../../tsconfig.json',
      include: ['*.ts'],
      exclude: [],
      compilerOptions: loose,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = `${root}node_modules/typescript/bin/tsc`
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
    })
    return stdout.replaceAll(/^\S*example(\d+)\.ts/gm, (_, i) => all[Number(i)]?.place ?? '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** An example may declare what it does not use. */
const loose = { noUnusedLocals: false, noUnusedParameters: false }

test('the examples of the readme and the guides type-check', () => {
  const all = examples(readRepository(root))
  assert.ok(all.length > 0, 'no example was found')
  assert.equal(errorsIn(all), '')
})

test('an example that does not type-check is named by its place', () => {
  const readme = ['# Title', '', '```ts', "import { missing } from 'headrace'", '```', ''].join('\n')
  assert.match(
    errorsIn(examples(new Map([['README.md', readme]]))),
    /^README\.md:3\(1,10\): error TS2305: .*'missing'/,
  )
})
