/** Where a command writes its lines: results, what is told beside them, and what comes and goes. */

export interface Terminal {
  out(line: string): void
  err(line: string): void
  /** Shows a line that the next call replaces, and no text removes, where a person looks on; elsewhere nothing. */
  status(line?: string): void
  /** A person looks on: standard error is a terminal. */
  readonly interactive: boolean
  /** Aborted, with the error as its reason, once `out` leads nowhere: a closed pipe, a full disk. */
  readonly lost: AbortSignal
}

const CLEAR_LINE = '\r\u001b[K'

/**
 * The process's own standard output and error. With `json`, standard output has only what `out` writes: what modules of
 * the user and targets such as print() write there goes to standard error.
 */
export function processTerminal(json: boolean): Terminal {
  const { stdout, stderr } = process
  const lost = new AbortController()
  stdout.on('error', error => lost.abort(error))
  const interactive = stderr.isTTY === true
  let shown = ''
  const clear = (): void => {
    if (shown !== '') stderr.write(CLEAR_LINE)
    shown = ''
  }
  const print = stdout.write.bind(stdout)
  stdout.write = ((...args: Parameters<typeof print>) => {
    clear()
    return json ? stderr.write(...args) : print(...args)
  }) as typeof print
  return {
    out: line => {
      clear()
      print(`${line}\n`)
    },
    err: line => {
      clear()
      stderr.write(`${line}\n`)
    },
    status: (line = '') => {
      if (!interactive) return
      clear()
      // A terminal that does not know its width says 0.
      shown = line.slice(0, (stderr.columns || 80) - 1)
      stderr.write(shown)
    },
    interactive,
    lost: lost.signal,
  }
}
