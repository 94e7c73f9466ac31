/** `headrace run`. */
import { batch, type Mode, microBatch, stream } from '../pipeline/mode.ts'
import type { RunOptions } from '../pipeline/session.ts'
import { routes } from '../plan/explain.ts'
import { nearest } from '../plan/nearest.ts'
import { open } from '../project/open.ts'
import { command, onlyArgument, projectOptions, UsageError } from './command.ts'
import { onePipeline } from './definition.ts'
import { watched } from './progress.ts'
import { reportText } from './report.ts'

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
    ...projectOptions,
  },
  examples: [
    ['run daily-revenue', 'a pipeline of the project'],
    ['run src/revenue.ts', 'the pipeline that a file exports'],
    ['run src/revenue.ts#daily-revenue', 'one of several'],
    ['run daily-revenue --from 2024-01-01 --to 2024-02-01', "January's partitions, and no others"],
    ['run daily-revenue --mode stream', 'in small steps, by the stream engine'],
  ],
  run: async ({ positionals, values, json }, terminal) => {
    const reference = onlyArgument('run', 'NAME or FILE[#NAME]', positionals)
    const { mode, from, to } = values
    const override = mode === undefined ? {} : { mode: modeOf(mode) }
    const interval = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    const pipeline = await onePipeline(reference, values, terminal)
    const { dir, profile } = values
    const session = await open({
      ...(dir === undefined ? {} : { dir }),
      ...(profile === undefined ? {} : { profile }),
    })
    if (!json) terminal.err([`${pipeline.name}:`, ...routes(pipeline)].join('\n'))
    try {
      const report = await untilStopped(signal =>
        watched(pipeline.name, terminal, json, onProgress => {
          const options: RunOptions = { ...override, ...interval, onProgress }
          return session.run(pipeline, { ...options, signal: AbortSignal.any([signal, terminal.lost]) })
        }),
      )
      return { document: report, text: reportText(report) }
    } finally {
      await session.close()
    }
  },
})

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
  throw new UsageError(
    `there is no mode "${name}"${nearest(name, Object.keys(modes))} See headrace run --help`,
  )
}
