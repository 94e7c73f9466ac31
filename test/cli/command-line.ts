/** A command line run in this process, and what it printed. */
import { main } from '../../src/cli/main.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

export interface Printed {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** Nobody looks on, and every line arrives, unless `given` says otherwise. */
export async function commandLine(args: readonly string[], given: Partial<Terminal> = {}): Promise<Printed> {
  const [out, err]: [string[], string[]] = [[], []]
  const status = await main(args, {
    out: line => out.push(line),
    err: line => err.push(line),
    status: () => undefined,
    interactive: false,
    lost: new AbortController().signal,
    ...given,
  })
  return { status, out: out.join('\n'), err: err.join('\n') }
}
