/**
 * `npm run mutants`: plants one fault after the other in a copy of the sources and asks whether the golden flows and the
 * oracle notice. Exits 1 if one is not noticed, or if one can no longer be planted.
 *
 * `npm run mutants -- window` plants those whose name contains the word; `--json` prints only the closing line.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Mutant, mutants } from './mutants.ts'

const root = join(import.meta.dirname, '..', '..')
const WORKERS = 2
const CASES = 600
/** What notices a fault of the pipeline. */
const PIPELINE_TESTS = ['bad-records', 'dead-letters', 'fate'].map(name => `src/pipeline/${name}.test.ts`)
/** A fault may turn a loop endless; that is noticed too. */
const TIMEOUT_MS = 240_000

interface Outcome {
  readonly mutant: Mutant
  /** What noticed it; undefined if nothing did. */
  readonly by: string | undefined
  readonly seconds: number
}

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true })
const chosen = mutants.filter(({ name }) => positionals.every(word => name.includes(word)))
const outcomes = await plantAll(chosen)
const found = outcomes.filter(({ by }) => by !== undefined).length
console.log(JSON.stringify({ mutants: outcomes.length, found }))
process.exitCode = found === outcomes.length && outcomes.length > 0 ? 0 : 1

/** Each worker has a copy of its own and takes the next fault when it is done with one. */
async function plantAll(list: readonly Mutant[]): Promise<Outcome[]> {
  const left = [...list]
  const done: Outcome[] = []
  const work = async (): Promise<void> => {
    const folder = copy()
    try {
      await healthy(folder)
      for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
        const outcome = await plant(folder, mutant)
        if (!values.json) console.log(line(outcome))
        done.push(outcome)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  await Promise.all(Array.from({ length: Math.min(WORKERS, left.length) }, work))
  return done
}

/** The sources and what is needed to test them, in a new folder. */
function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-mutants-'))
  for (const part of ['src', 'test', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Without a fault nothing may be noticed, or every fault would seem to be found. */
async function healthy(folder: string): Promise<void> {
  const by =
    (await detect(folder, 'duckdb,incremental', 40)).by ?? (await detectIn(folder, PIPELINE_TESTS)).by
  if (by !== undefined) throw new Error(`The sources fail without a fault planted: ${by}`)
}

async function plant(folder: string, mutant: Mutant): Promise<Outcome> {
  const path = join(folder, mutant.file)
  const text = readFileSync(path, 'utf8')
  const parts = text.split(mutant.find)
  if (parts.length !== 2)
    throw new Error(`${mutant.name}: its text stands ${parts.length - 1} times in ${mutant.file}`)
  writeFileSync(path, parts.join(mutant.replace))
  try {
    const tests = mutant.tests ?? (mutant.file.startsWith('src/pipeline/') ? PIPELINE_TESTS : undefined)
    if (tests !== undefined) return { mutant, ...(await detectIn(folder, tests)) }
    const engine = mutant.file.startsWith('src/engine/duckdb/') ? 'duckdb' : 'incremental'
    return { mutant, ...(await detect(folder, engine, CASES)) }
  } finally {
    writeFileSync(path, text)
  }
}

type Detection = Pick<Outcome, 'by' | 'seconds'>

/** By golden flows and the oracle. */
function detect(folder: string, engines: string, cases: number): Promise<Detection> {
  return detectBy(folder, ['test/mutants/detect.ts', engines, String(cases)])
}

/** By unit tests: what engines do not know, they cannot notice. */
function detectIn(folder: string, tests: readonly string[]): Promise<Detection> {
  return detectBy(folder, ['--test', '--test-reporter=dot', ...tests])
}

function detectBy(folder: string, args: readonly string[]): Promise<Detection> {
  const began = performance.now()
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, errors] = ['', '']
  child.stdout.on('data', chunk => {
    out += chunk
  })
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => {
      clearTimeout(timer)
      const said = out.trim().split('\n').at(-1) || firstError(errors) || 'it did not end'
      resolve({ by: code === 0 ? undefined : said, seconds: (performance.now() - began) / 1000 })
    })
  })
}

function firstError(text: string): string | undefined {
  return text.split('\n').find(part => part.includes('Error'))
}

function line({ mutant, by, seconds }: Outcome): string {
  const verdict = by === undefined ? 'SURVIVED' : 'found   '
  return `${verdict} ${seconds.toFixed(1).padStart(6)} s  ${mutant.name}${by === undefined ? '' : `  [${by}]`}`
}
