/** What became of a run, in words. */
import type { RunReport } from '../pipeline/session.ts'

export function reportText(report: RunReport): string {
  const { pipeline, mode, engine, steps, seconds, rowsRead } = report
  const rate = Math.round(rowsRead / Math.max(seconds, 1e-3))
  const counters = [...report.operators].map(([name, { rowsIn, rowsOut, ...more }]) => {
    const others = Object.entries(more).map(([counter, rows]) => `, ${amount(rows)} ${counter}`)
    return `  ${name}: ${amount(rowsIn)} in, ${amount(rowsOut)} out${others.join('')}`
  })
  return [
    `${pipeline}: ${mode} on ${engine}${sliceText(report)}, ${plural(steps, 'step')}, ${seconds.toFixed(2)} s, ${amount(rate)} rows/s`,
    `${amount(rowsRead)} rows read = ${fatesText(report)}; ${amount(report.rowsWritten)} written`,
    ...derivedLines(report),
    ...badLines(report),
    ...counters,
  ].join('\n')
}

/** Days as days. */
function sliceText({ interval }: RunReport): string {
  if (interval === undefined) return ''
  const [from, to] = [interval.from, interval.to].map(end => end?.replace(/T00:00:00Z$/, ''))
  return `${from === undefined ? '' : `, from ${from}`}${to === undefined ? '' : `, to ${to}`}`
}

/** The fates of the records read; of bad ones only where there are some. */
function fatesText({ processed, late, deadLettered, skipped }: RunReport): string {
  const bad = { 'dead-lettered': deadLettered, skipped }
  const some = Object.entries(bad).filter(([, rows]) => rows > 0)
  return [['processed', processed] as const, ['late', late] as const, ...some]
    .map(([fate, rows]) => `${amount(rows)} ${fate}`)
    .join(' + ')
}

function derivedLines({ lateDerived, deadLetteredDerived, skippedDerived }: RunReport): string[] {
  const derived = { late: lateDerived, 'dead-lettered': deadLetteredDerived, skipped: skippedDerived }
  return Object.entries(derived)
    .filter(([, rows]) => rows > 0)
    .map(([fate, rows]) => `${amount(rows)} rows made of them were ${fate}`)
}

function badLines({ deadLetters, firstBadRecord }: RunReport): string[] {
  return [
    ...(firstBadRecord === undefined ? [] : [`first bad record: ${firstBadRecord}`]),
    ...(deadLetters === undefined ? [] : [`dead letters: ${deadLetters}`]),
  ]
}

/** `1,234,567`. */
export function amount(rows: number): string {
  return rows.toLocaleString('en-US')
}

/** `1 step`, `2 steps`. */
export function plural(count: number, what: string): string {
  return `${amount(count)} ${what}${count === 1 ? '' : 's'}`
}
