/** What became of a run, in words. */
import type { RunReport } from '../pipeline/session.ts'

export function reportText(report: RunReport): string {
  const { pipeline, mode, engine, steps, seconds, rowsRead } = report
  const rate = Math.round(rowsRead / Math.max(seconds, 1e-3))
  const counters = [...report.operators].map(([name, { rowsIn, rowsOut, ...more }]) => {
    const others = Object.entries(more).map(([counter, rows]) => `, ${amount(rows)} ${counter}`)
    return `  ${name}: ${amount(rowsIn)} in, ${amount(rowsOut)} out${others.join('')}`
  })
  const derived =
    report.lateDerived === 0 ? '' : `; ${amount(report.lateDerived)} rows made of them were late`
  return [
    `${pipeline}: ${mode} on ${engine}, ${amount(steps)} ${steps === 1 ? 'step' : 'steps'}, ${seconds.toFixed(2)} s, ${amount(rate)} rows/s`,
    `${amount(rowsRead)} rows read = ${amount(report.processed)} processed + ${amount(report.late)} late; ${amount(report.rowsWritten)} written${derived}`,
    ...counters,
  ].join('\n')
}

/** `1,234,567`. */
export function amount(rows: number): string {
  return rows.toLocaleString('en-US')
}
