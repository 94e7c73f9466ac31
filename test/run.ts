/**
 * Runs the tests: `npm test`, `npm test -- src/schema batch.test` (files whose path contains one of the words),
 * `npm test -- --name 'late rows'` (tests whose name matches the pattern). `--files GLOB`: these files, and no others.
 *
 * Each file runs in a process of its own, two at a time. The last line is always `N passed, N failed, N skipped`.
 * A file without a test, a file that dies, and a run that finds no test at all are failures: silence is not success.
 */
import { globSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { run } from 'node:test'
import { parseArgs } from 'node:util'
import { type Failure, type FileReport, Reports } from './run/report.ts'

const folders = ['src', 'test', 'examples', 'bench']
const slowestShown = 5
const fileTimeoutMs = 15 * 60_000

// npm says so by .npmrc. Who starts the runner without npm must not test a dist/ of yesterday either.
const fromSource = '--conditions=headrace-source'
const nodeOptions = process.env.NODE_OPTIONS ?? ''
if (!nodeOptions.includes(fromSource)) process.env.NODE_OPTIONS = `${nodeOptions} ${fromSource}`.trim()

// Hundreds of processes load the same modules: what Node made of them is kept, by their content and its version.
process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/node')

const { values, positionals } = parseArgs({
  options: { name: { type: 'string' }, files: { type: 'string' } },
  allowPositionals: true,
})
const files = find(positionals)
const reports = new Reports(values.name === undefined)
let lastWriter = ''

if (files.length > 0) await runAll(files)
finish(reports)

function find(words: readonly string[]): string[] {
  const globs = values.files === undefined ? folders.map(folder => `${folder}/**/*.test.ts`) : [values.files]
  const all = globs.flatMap(glob => globSync(glob, { exclude: ['**/node_modules/**'] }))
  const wanted = words.length === 0 ? all : all.filter(file => words.some(word => file.includes(word)))
  return wanted.sort()
}

async function runAll(paths: readonly string[]): Promise<void> {
  const events = run({
    files: paths.map(path => resolve(path)),
    concurrency: 2,
    timeout: fileTimeoutMs,
    ...(values.name === undefined ? {} : { testNamePatterns: [new RegExp(values.name)] }),
  })
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') {
      echo(data.file ?? '', data.message)
      if (type === 'test:stderr') reports.stderr(data.file ?? '', data.message)
    } else if (type === 'test:complete') {
      const done = reports.complete(data)
      if (done) print(line(done))
    }
  }
}

/** What a test prints is passed on, under the name of its file, since two files run at a time. */
function echo(file: string, message: string): void {
  if (file !== lastWriter) process.stdout.write(`     ${name(file)} prints:\n`)
  lastWriter = file
  process.stdout.write(message)
}

function print(text: string): void {
  lastWriter = ''
  process.stdout.write(`${text}\n`)
}

function line(report: FileReport): string {
  const counts = `${report.passed} passed${report.skipped ? `, ${report.skipped} skipped` : ''}`
  const failed = report.failures.length
  return `${failed ? 'FAIL' : 'ok  '} ${name(report.file)}: ${failed ? `${failed} failed, ` : ''}${counts} (${seconds(report)})`
}

function finish({ files: done }: Reports): void {
  const failures = done.flatMap(report => report.failures.map(failure => ({ report, failure })))
  failures.forEach(({ report, failure }, i) => {
    print(failureText(i + 1, report, failure))
  })
  const slowest = done.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, slowestShown)
  if (slowest.length > 0)
    print(`\nslowest: ${slowest.map(r => `${name(r.file)} ${seconds(r)}`).join(', ')}\n`)

  const passed = done.reduce((sum, report) => sum + report.passed, 0)
  const skipped = done.reduce((sum, report) => sum + report.skipped, 0)
  if (passed + failures.length === 0)
    print(`no test ran${positionals.length ? `: ${positionals.join(' ')}` : ''}`)
  process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0
  print(`${passed} passed, ${failures.length} failed, ${skipped} skipped`)
}

function failureText(number: number, report: FileReport, failure: Failure): string {
  const detail = failure.detail.trimEnd().replaceAll('\n', '\n   ')
  return `\n${number}) ${name(report.file)} > ${failure.test}\n   ${detail}`
}

function name(file: string): string {
  return relative(process.cwd(), file)
}

function seconds(report: FileReport): string {
  return `${(report.milliseconds / 1000).toFixed(1)} s`
}
