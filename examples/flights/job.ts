/** The job: per origin and hour, how many flights were late, how far they flew and how late they were. */
import { fileURLToPath } from 'node:url'
import {
  avg,
  batch,
  count,
  files,
  type Mode,
  microBatch,
  type Pipeline,
  pipeline,
  shuffled,
  stream,
  sum,
  t,
  tumbling,
} from 'headrace'

/** 3,000,000 flights within the United States in 2001, sorted by departure; from the npm package vega-datasets. */
export const flightsFile = fileURLToPath(
  new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
)
export const FLIGHTS = 3_000_000

/** How far out of order flights arrive in micro-batch and stream mode, and how long those wait for the last of a window. */
const disorder = '10 minutes'

const flights = files.parquet(flightsFile, {
  schema: { date: t.timestamp(), delay: t.int64(), distance: t.int64(), origin: t.string() },
  eventTime: { column: 'date', outOfOrderness: disorder },
})

const late = (input: typeof flights | ReturnType<typeof arriving>) =>
  input
    .filter(c => c.delay.gt(0))
    .window(tumbling('1 hour'))
    .groupBy('origin')
    .agg({ flights: count(), distance: sum('distance'), avg_delay: avg('delay') })

/** The same flights, each arriving up to ten minutes after its departure. */
const arriving = (seed: number) => shuffled(flights, { within: disorder, seed })

/** The job in each mode, writing `<folder>/<mode>.parquet`. */
export function jobs(folder: string, seed: number): { pipeline: Pipeline; file: string; mode: Mode }[] {
  const define = (mode: Mode) => {
    const file = `${folder}/${mode.kind}.parquet`
    const input = mode.kind === 'batch' ? flights : arriving(seed)
    return {
      pipeline: pipeline(`late-${mode.kind}`, late(input), { mode, to: files.parquet(file) }),
      file,
      mode,
    }
  }
  return [define(batch()), define(microBatch('1 second')), define(stream())]
}
