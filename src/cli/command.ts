/** What every command of the command line is. */

/** Where a command writes its lines: results, and what is told beside them. */
export interface Terminal {
  out(line: string): void
  err(line: string): void
  /** Aborted, with the error as its reason, once `out` leads nowhere: a closed pipe, a full disk. */
  readonly lost: AbortSignal
}

export interface Command {
  readonly name: string
  /** Its arguments as the help page shows them. */
  readonly usage: string
  /** What it does, in one line. */
  readonly summary: string
  /** Gives the exit code: 0 done, 1 failed, 2 the command line was not understood. */
  run(args: readonly string[], terminal: Terminal): Promise<number>
}

/** A command line that cannot be understood: exit code 2, and no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The process's own standard output and error. */
export function processTerminal(): Terminal {
  const lost = new AbortController()
  process.stdout.on('error', error => lost.abort(error))
  return {
    out: line => process.stdout.write(`${line}\n`),
    err: line => process.stderr.write(`${line}\n`),
    lost: lost.signal,
  }
}
