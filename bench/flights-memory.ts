/** How much memory the main job takes as a stream: 3 M flights, 181 days of windows, state that must not grow. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const gates = { peakRssMb: { atMost: 400 }, heapGrowth: { atMost: 1.1 } }

interface Measured {
  readonly rows: number
  readonly seconds: number
  /** Live megabytes after 1 M and after 3 M rows. */
  readonly heaps: readonly [number, number]
  readonly peakRssMb: number
}

export async function run(): Promise<Record<string, number>> {
  const child = fileURLToPath(new URL('flights-memory/child.ts', import.meta.url))
  const flags = ['--expose-gc', '--conditions=headrace-source']
  const line = execFileSync(process.execPath, [...flags, child], { encoding: 'utf8' })
  const { rows, seconds, heaps, peakRssMb } = JSON.parse(line) as Measured
  return {
    rows,
    rowsPerSecond: Math.round(rows / seconds),
    peakRssMb: Math.round(peakRssMb),
    heapMbAfter1M: Number(heaps[0].toFixed(1)),
    heapMbAfter3M: Number(heaps[1].toFixed(1)),
    heapGrowth: Number((heaps[1] / heaps[0]).toFixed(3)),
  }
}
