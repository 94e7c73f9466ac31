import { inspect } from 'node:util'

export interface Failure {
  readonly test: string
  readonly detail: string
}

export interface FileReport {
  readonly file: string
  passed: number
  skipped: number
  milliseconds: number
  readonly failures: Failure[]
}

/** The part of a `test:complete` event of node:test that is read here. */
export interface Completion {
  readonly name: string
  readonly file?: string | undefined
  /** The file whose process reports the test; absent when the event is about the file as a whole. */
  readonly entryFile?: string | undefined
  readonly skip?: string | boolean | undefined
  readonly todo?: string | boolean | undefined
  readonly details: {
    readonly passed: boolean
    readonly duration_ms: number
    readonly type?: string | undefined
    readonly error?: Error | undefined
  }
}

/** Counts and failures by file. Only leaves count as failed: a parent that failed through a subtest is not one more. */
export class Reports {
  /** False when tests are picked by name: then a file without one is no failure. */
  readonly #everyFileTests: boolean
  readonly #byFile = new Map<string, FileReport>()
  readonly #stderr = new Map<string, string>()

  constructor(everyFileTests: boolean) {
    this.#everyFileTests = everyFileTests
  }

  get files(): FileReport[] {
    return [...this.#byFile.values()]
  }

  stderr(file: string, message: string): void {
    this.#stderr.set(file, (this.#stderr.get(file) ?? '') + message)
  }

  /** Takes in one event; the file's report when the event ends the file. */
  complete(event: Completion): FileReport | undefined {
    if (event.entryFile === undefined) return this.#endFile(event)
    if (event.details.type !== 'suite' || failedItself(event))
      this.#count(this.#report(event.entryFile), event)
    return undefined
  }

  #count(report: FileReport, event: Completion): void {
    if (!event.details.passed && event.todo === undefined) {
      if (failedItself(event))
        report.failures.push({ test: event.name, detail: explain(event.details.error) })
    } else if (event.skip !== undefined || event.todo !== undefined) report.skipped++
    else report.passed++
  }

  #endFile(event: Completion): FileReport {
    const file = event.file ?? event.name
    const report = this.#report(file)
    report.milliseconds = event.details.duration_ms
    const { passed, error } = event.details
    if (!passed && report.failures.length === 0) {
      report.failures.push({
        test: '(the file)',
        detail: `${ending(error)}\n${this.#stderr.get(file) ?? ''}`,
      })
    } else if (passed && this.#everyFileTests && report.passed + report.skipped === 0) {
      report.failures.push({ test: '(the file)', detail: 'holds no test' })
    }
    return report
  }

  #report(file: string): FileReport {
    let report = this.#byFile.get(file)
    if (report === undefined) {
      report = { file, passed: 0, skipped: 0, milliseconds: 0, failures: [] }
      this.#byFile.set(file, report)
    }
    return report
  }
}

function failedItself({ details }: Completion): boolean {
  return (
    !details.passed &&
    (details.error as { failureType?: string } | undefined)?.failureType !== 'subtestsFailed'
  )
}

/** How a process ended that reported no failed test: it died, hung, or called process.exit. */
function ending(error: Error | undefined): string {
  const { exitCode, signal } = (error ?? {}) as { exitCode?: number; signal?: string }
  if (exitCode === undefined) return explain(error)
  return `its process ended with ${signal ? `signal ${signal}` : `exit code ${exitCode}`}`
}

/** node:test wraps what a test threw; the reader wants the cause, without the frames of the runner. */
function explain(error: Error | undefined): string {
  const cause = error?.cause instanceof Error ? error.cause : error
  const text = inspect(cause, { breakLength: 100, depth: 6, maxStringLength: 10_000 })
  return text.replace(/\n *at [^\n]*\bnode:[^\n]*/g, '')
}
