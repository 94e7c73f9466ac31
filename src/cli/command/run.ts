/** `headrace run`. */
import { Table } from '../../connector/print/table.ts'
import { batch, type Mode, microBatch, stream } from '../../pipeline/mode.ts'
import type { PeekOptions } from '../../pipeline/peek.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import type { RunOptions, RunReport } from '../../pipeline/session.ts'
import { routes } from '../../plan/explain.ts'
import { nearest } from '../../plan/nearest.ts'
import { open } from '../../project/open.ts'
import { onePipeline, projectOf } from '../definition.ts'
import { watched } from '../progress.ts'
import { reportText } from '../report.ts'
import type { Terminal } from '../terminal.ts'
import { command, onlyArgument, projectOptions, UsageError, wholeOption } from './command.ts'
import { trial } from './trial.ts'

const modes: Readonly<Record<Mode['kind'], () => Mode>> = {
  batch: () => batch(),
  'micro-batch': () => microBatch('1 second'),
  stream: () => stream(),
}

/** Ctrl-C, and what service managers and containers send. */
const stopSignals = ['SIGINT', 'SIGTERM'] as const

export const runCommand = command({
  name: 'run',
  usage: 'NAME | FILE[#NAME]',
  summary: 'runs a pipeline until its sources end',
  notes: [
    'Ctrl-C stops the run after its current step; whole files and tables keep what they had.',
    'A day stands for its first instant in UTC.',
  ],
  options: {
    mode: {
      value: 'MODE',
      text: "batch, micro-batch or stream, in place of the pipeline's own; the answer is the same",
    },
    from: {
      value: 'TIME',
      text: 'produce the slice of time that begins here: 2024-01-31, or 2024-01-31T12:00:00Z',
    },
    to: { value: 'TIME', text: 'and ends before here' },
    limit: {
      value: 'N',
      text: 'a trial: read at most N records of each source, show the result, and write nothing',
    },
    peek: {
      value: 'OPERATOR',
      text: 'show the first rows that leave an operator (by its name in explain) on standard error',
    },
    ...projectOptions,
  },
  examples: [
    ['run daily-revenue', 'a pipeline of the project'],
    ['run jobs/revenue.ts', 'the pipeline that a file exports'],
    ['run jobs/revenue.ts#daily-revenue', 'one of several'],
    ['run daily-revenue --from 2024-01-01 --to 2024-02-01', "January's partitions, and no others"],
    ['run daily-revenue --peek source', 'what comes in, while it runs'],
    ['run daily-revenue --limit 1000', 'how the result looks, without writing it'],
    ["run daily-revenue --peek 'aggregate(product)'", 'what leaves an operator on the way'],
    ['run daily-revenue --mode stream', 'in small steps, by the stream engine'],
  ],
  run: async ({ positionals, values, json }, terminal) => {
    const reference = onlyArgument('run', 'NAME or FILE[#NAME]', positionals)
    const { mode, from, to, limit, peek } = values
    const records = limit === undefined ? undefined : wholeOption('limit', limit)
    const options: RunOptions = {
      ...(mode === undefined ? {} : { mode: modeOf(mode) }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(peek === undefined ? {} : { peek: peekOn(peek, terminal) }),
    }
    const found = await onePipeline(reference, values, terminal)
    return untilStopped(async stopped => {
      const signal = AbortSignal.any([stopped, terminal.lost])
      const session = await open(projectOf(values))
      const run = (pipeline: Pipeline): Promise<RunReport> =>
        watched(pipeline.name, terminal, json, onProgress =>
          session.run(pipeline, { ...options, onProgress, signal }),
        )
      try {
        if (records !== undefined) return await trial(found, records, run)
        if (!json) terminal.err([`${found.name}:`, ...routes(found)].join('\n'))
        const report = await run(found)
        return { document: report, text: reportText(report) }
      } finally {
        await session.close()
      }
    })
  },
})

/** Rows of an operator as a table on standard error, as they come. */
function peekOn(operator: string, terminal: Terminal): PeekOptions {
  let table: Table | undefined
  return {
    operator,
    write: batch => {
      if (table === undefined) terminal.err(`${operator}:`)
      table ??= new Table(batch.schema, batch.weights !== undefined, line => terminal.err(line))
      table.add(batch)
      table.flush()
    },
  }
}

/** Aborts at the first signal to stop. Who asks a second time gets what the system does by default. */
async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const stopped = (): void => stop.abort()
  for (const name of stopSignals) process.once(name, stopped)
  try {
    return await work(stop.signal)
  } finally {
    for (const name of stopSignals) process.off(name, stopped)
  }
}

function modeOf(name: string): Mode {
  if (Object.hasOwn(modes, name)) return modes[name as Mode['kind']]()
  const names = Object.keys(modes)
  throw new UsageError(`there is no mode "${name}"${nearest(name, names)} It can be ${names.join(', ')}`)
}
