/**
 * The main job (`npm start`): one definition over 3,000,000 real flights, run as batch, as micro-batches and as a stream, and
 * the three answers compared with hand-written SQL and with each other. Exits with 1 if they differ.
 *
 * `--once` exits after the verdict. `--json` ends with one line of JSON.
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { open, type RunReport } from 'headrace'
import { FLIGHTS, flightsFile, jobs } from './flights/job.ts'
import { Judge, type Verdict } from './flights/judge.ts'
import { count, ProgressLine, tableLines } from './flights/terminal.ts'

const SEED = 2001

const { values: flags } = parseArgs({
  options: { once: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
})
const folder = fileURLToPath(new URL('../.headrace/flights', import.meta.url))
mkdirSync(folder, { recursive: true })

const runs = await runAll()
const findings = await judge(runs)
report(runs, findings)

interface Run {
  readonly report: RunReport
  readonly file: string
}

async function runAll(): Promise<Run[]> {
  const session = await open()
  const done: Run[] = []
  try {
    for (const { pipeline, file, mode } of jobs(folder, SEED)) {
      const line = new ProgressLine(mode.kind, FLIGHTS)
      const report = await session.run(pipeline, {
        onProgress: ({ rowsRead, seconds }) => line.update(rowsRead, seconds),
      })
      line.end()
      done.push({ report, file })
    }
  } finally {
    await session.close()
  }
  return done
}

/** What is wrong, in words; nothing if all is well. */
async function judge(runs: readonly Run[]): Promise<string[]> {
  const judge = await Judge.open()
  const found: string[] = []
  const look = (what: string, { rows, different, first }: Verdict): void => {
    if (rows === 0) found.push(`${what}: no rows to compare`)
    if (different > 0)
      found.push(`${what}: ${count(different)} of ${count(rows)} rows differ, first ${first}`)
  }
  try {
    for (const { report, file } of runs) {
      look(`${report.mode} and SQL`, await judge.againstSql(flightsFile, file))
      if (report.rowsRead !== FLIGHTS) found.push(`${report.mode} read ${count(report.rowsRead)} rows`)
      if (report.late > 0) found.push(`${report.mode}: ${count(report.late)} rows were late`)
    }
    for (const [i, a] of runs.entries()) {
      for (const b of runs.slice(i + 1)) {
        look(`${a.report.mode} and ${b.report.mode}`, await judge.againstEachOther(a.file, b.file))
      }
    }
  } finally {
    judge.close()
  }
  return found
}

function report(runs: readonly Run[], findings: readonly string[]): void {
  const rate = ({ rowsRead, seconds }: RunReport): number => Math.round(rowsRead / seconds)
  const rows = runs.map(({ report }) => [
    report.mode,
    report.engine,
    count(report.rowsRead),
    report.seconds.toFixed(2),
    count(rate(report)),
    count(report.steps),
  ])
  const table = tableLines([['mode', 'engine', 'rows', 'seconds', 'rows/s', 'steps'], ...rows])
  for (const line of table) console.log(line)
  const equal = findings.length === 0
  console.log(
    equal
      ? '\nAll three answers equal each other and the hand-written SQL; no row was late.'
      : `\nThe answers are not equal:\n  ${findings.join('\n  ')}`,
  )
  if (flags.json) {
    const modes = runs.map(({ report }) => {
      const { mode, engine, steps, seconds } = report
      const figures = { engine, steps, seconds: Number(seconds.toFixed(3)), rowsPerSecond: rate(report) }
      return [mode, figures] as const
    })
    console.log(JSON.stringify({ equal, rows: FLIGHTS, modes: Object.fromEntries(modes) }))
  }
  process.exitCode = equal ? 0 : 1
}
