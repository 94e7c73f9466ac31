/** How far a run is: a line that is replaced on a terminal, a line now and then elsewhere. */
import type { RunProgress } from '../pipeline/execute.ts'
import { systemRuntime } from '../runtime/runtime.ts'
import { sleep } from '../runtime/sleep.ts'
import { amount } from './report.ts'
import type { Terminal } from './terminal.ts'

/** How often the line on a terminal is replaced, and how often others get a new one. */
const REPLACED_MS = 100
const LINE_MS = 5000

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Runs `work`, and tells on standard error how far it is, unless it is to be quiet. Nothing is left on a terminal. */
export async function watched<T>(
  name: string,
  terminal: Terminal,
  quiet: boolean,
  work: (onProgress: (progress: RunProgress) => void) => Promise<T>,
): Promise<T> {
  const start = systemRuntime.now()
  const ended = new AbortController()
  let last: RunProgress | undefined
  const tell = async (): Promise<void> => {
    for (let turn = 0; ; turn++) {
      await sleep(terminal.interactive ? REPLACED_MS : LINE_MS, ended.signal)
      if (ended.signal.aborted) return
      const line = lineOf(name, (systemRuntime.now() - start) / 1000, last)
      if (terminal.interactive) terminal.status(`${SPINNER[turn % SPINNER.length]} ${line}`)
      else terminal.err(line)
    }
  }
  const telling = quiet ? undefined : tell()
  try {
    return await work(progress => {
      last = progress
    })
  } finally {
    ended.abort()
    await telling
    terminal.status()
  }
}

/** `daily: 1,200,000 rows read, 400,000 rows/s, 3 s`; before the first step has ended only the time. */
function lineOf(name: string, seconds: number, progress: RunProgress | undefined): string {
  const time = `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  if (progress === undefined) return `${name}: running, ${time}`
  const { rowsRead, rowsWritten } = progress
  const rate = Math.round(rowsRead / Math.max(seconds, 1e-3))
  return `${name}: ${amount(rowsRead)} rows read, ${amount(rate)} rows/s, ${amount(rowsWritten)} written, ${time}`
}
