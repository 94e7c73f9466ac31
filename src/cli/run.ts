/** `headrace run FILE[#NAME]`. */
import { parseArgs } from 'node:util'
import { batch, type Mode, microBatch, stream } from '../pipeline/mode.ts'
import type { RunReport } from '../pipeline/session.ts'
import { routes } from '../plan/explain.ts'
import { nearest } from '../plan/nearest.ts'
import { open } from '../project/open.ts'
import { type Command, UsageError } from './command.ts'
import { loadPipeline, onlyArgument } from './load.ts'

const modes: Readonly<Record<Mode['kind'], () => Mode>> = {
  batch: () => batch(),
  'micro-batch': () => microBatch('1 second'),
  stream: () => stream(),
}

export const runCommand: Command = {
  name: 'run',
  usage: 'FILE[#NAME] [--mode batch|micro-batch|stream] [--json]',
  summary: 'runs a pipeline until its sources end; Ctrl-C stops it after its current step',
  run: async (args, terminal) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { mode: { type: 'string' }, json: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    const mode = values.mode === undefined ? undefined : modeOf(values.mode)
    const pipeline = await loadPipeline(onlyArgument('run', positionals))
    const stop = new AbortController()
    const stopped = (): void => stop.abort()
    // Once: who asks a second time gets what the system does by default.
    for (const name of stopSignals) process.once(name, stopped)
    const options = { signal: AbortSignal.any([stop.signal, terminal.lost]) }
    if (!values.json) terminal.err([`${pipeline.name}:`, ...routes(pipeline)].join('\n'))
    const session = await open()
    try {
      const report = await session.run(pipeline, mode === undefined ? options : { ...options, mode })
      terminal.out(values.json ? jsonOf(report) : textOf(report))
      return 0
    } finally {
      for (const name of stopSignals) process.off(name, stopped)
      await session.close()
    }
  },
}

/** Ctrl-C, and what service managers and containers send. */
const stopSignals = ['SIGINT', 'SIGTERM'] as const

function modeOf(name: string): Mode {
  if (Object.hasOwn(modes, name)) return modes[name as Mode['kind']]()
  throw new UsageError(`there is no mode "${name}"${nearest(name, Object.keys(modes))}`)
}

function jsonOf(report: RunReport): string {
  return JSON.stringify({ ...report, operators: Object.fromEntries(report.operators) })
}

function textOf(report: RunReport): string {
  const { pipeline, mode, engine, steps, seconds, rowsRead } = report
  const rate = Math.round(rowsRead / Math.max(seconds, 1e-3))
  const counters = [...report.operators].map(([name, { rowsIn, rowsOut, ...more }]) => {
    const others = Object.entries(more).map(([counter, rows]) => `, ${count(rows)} ${counter}`)
    return `  ${name}: ${count(rowsIn)} in, ${count(rowsOut)} out${others.join('')}`
  })
  const derived = report.lateDerived === 0 ? '' : `; ${count(report.lateDerived)} rows made of them were late`
  return [
    `${pipeline}: ${mode} on ${engine}, ${count(steps)} ${steps === 1 ? 'step' : 'steps'}, ${seconds.toFixed(2)} s, ${count(rate)} rows/s`,
    `${count(rowsRead)} rows read = ${count(report.processed)} processed + ${count(report.late)} late; ${count(report.rowsWritten)} written${derived}`,
    ...counters,
  ].join('\n')
}

function count(rows: number): string {
  return rows.toLocaleString('en-US')
}
