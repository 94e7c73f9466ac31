/** One streaming run of the main job in a process of its own, which prints what it took of memory as one line of JSON. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'headrace'
import { FLIGHTS, jobs } from '../../examples/flights/job.ts'

const MB = 2 ** 20
const folder = mkdtempSync(join(tmpdir(), 'headrace-memory-'))
const job = jobs(folder, 2001).find(({ mode }) => mode.kind === 'stream')!

/** Rows read so far at which the heap is measured, and what was found. */
const marks = [1_000_000, FLIGHTS]
const heaps: number[] = []

const session = await open()
const report = await session.run(job.pipeline, {
  onProgress: ({ rowsRead }) => {
    if (rowsRead >= (marks[heaps.length] ?? Number.POSITIVE_INFINITY)) heaps.push(liveMb())
  },
})
await session.close()
rmSync(folder, { recursive: true })
const figures = { rows: report.rowsRead, seconds: report.seconds, heaps, peakRssMb: peakRssMb() }
console.log(JSON.stringify(figures))

/** JavaScript objects and typed arrays that survive a collection. */
function liveMb(): number {
  if (globalThis.gc === undefined) throw new Error('Run with --expose-gc')
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / MB
}

/** The most memory that the process ever had resident, DuckDB's included. Linux keeps it from before exec in maxRSS. */
function peakRssMb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]
  return Number(kilobytes) / 1024
}
