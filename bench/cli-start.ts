/**
 * How long a person waits: from the start of `headrace run` to the first row of a pipeline of 1,000 rows, and to its end, in
 * processes of their own, with the package as it is published (built JavaScript, no condition that leads to src/).
 */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** An aim, at most 1 s, and no gate: it depends on the machine. */
export const gates = {}

const ROWS = 1000
const REPETITIONS = 7
const root = fileURLToPath(new URL('..', import.meta.url))

const program = `
import { files, pipeline, print, t } from 'headrace'
const rows = files.csv('rows.csv', { schema: { id: t.int32(), price: t.decimal(12, 2) } })
export const first = pipeline('first', rows.filter(c => c.price.gt(1)), { to: print({ limit: ${ROWS} }) })
`

export async function run(): Promise<Record<string, number | string | boolean>> {
  const user = mkdtempSync(join(tmpdir(), 'headrace-start-'))
  try {
    install(user)
    writeFileSync(join(user, 'package.json'), '{ "type": "module" }')
    mkdirSync(join(user, 'src'))
    writeFileSync(join(user, 'src', 'first.ts'), program)
    const lines = Array.from({ length: ROWS }, (_, i) => `${i},${i + 2}.25`)
    writeFileSync(join(user, 'rows.csv'), `id,price\n${lines.join('\n')}\n`)
    const runs = []
    for (let i = 0; i < REPETITIONS; i++) runs.push(await timed(user, ['run', 'first']))
    const helps = []
    for (let i = 0; i < REPETITIONS; i++) helps.push(await timed(user, ['run', '--help']))
    return {
      rows: ROWS,
      secondsToFirstRow: median(runs.map(({ first }) => first)),
      secondsToEnd: median(runs.map(({ end }) => end)),
      secondsToHelp: median(helps.map(({ end }) => end)),
      allRows: runs.every(({ lines }) => lines === ROWS),
    }
  } finally {
    rmSync(user, { recursive: true })
  }
}

/** The package as npm would install it, built from this tree, its dependencies linked. */
function install(user: string): void {
  const installed = join(user, 'node_modules', 'headrace')
  mkdirSync(installed, { recursive: true })
  for (const part of ['package.json', 'bin'])
    cpSync(join(root, part), join(installed, part), { recursive: true })
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.js'), join(installed, 'dist')])
  if (built.status !== 0) throw new Error(String(built.stderr))
  for (const name of ['@duckdb', '@standard-schema', 'detect-libc']) {
    symlinkSync(join(root, 'node_modules', name), join(user, 'node_modules', name), 'junction')
  }
}

/** Seconds to the first row on standard output, and to the end of the process. */
function timed(
  user: string,
  args: readonly string[],
): Promise<{ first: number; end: number; lines: number }> {
  const { NODE_OPTIONS: _, ...env } = process.env
  const start = performance.now()
  const since = (): number => (performance.now() - start) / 1000
  const child = spawn(
    process.execPath,
    [join(user, 'node_modules', 'headrace', 'bin', 'headrace.js'), ...args],
    {
      cwd: user,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  let [first, lines] = [0, 0]
  child.stdout.on('data', (data: Buffer) => {
    first ||= since()
    lines += data
      .toString()
      .split('\n')
      .filter(line => /^ *\d+ +\d+\.25$/.test(line)).length
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve({ first, end: since(), lines }))
  })
}

function median(values: readonly number[]): number {
  return Number(values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(3))
}
