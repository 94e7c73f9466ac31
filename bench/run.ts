/**
 * Runs benches: `npm run bench -- NAME --json`. Without a name: all of them, one after the other. Each is a file beside
 * this one that exports `run` and its `gates`; a missed gate makes the exit code 1.
 */
import { readdirSync } from 'node:fs'
import { arch, cpus, platform, totalmem } from 'node:os'
import { parseArgs } from 'node:util'

/** The least allowed value of a figure, or the greatest. Gates are ratios within one run: machines differ. */
type Gate = number | { readonly atMost: number }
type Figures = Readonly<Record<string, number | string | boolean>>

interface Bench {
  readonly gates: Readonly<Record<string, Gate>>
  run(): Promise<Figures>
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
})
const known = readdirSync(import.meta.dirname)
  .filter(file => file.endsWith('.ts') && file !== 'run.ts' && !file.endsWith('.test.ts'))
  .map(file => file.slice(0, -'.ts'.length))
  .toSorted()

const unknown = positionals.filter(name => !known.includes(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. Benches: ${known.join(', ')}.`)
  process.exitCode = 2
} else {
  if (!options.json) console.log(machine())
  for (const name of positionals.length === 0 ? known : positionals) await report(name)
}

async function report(name: string): Promise<void> {
  const { gates, run } = (await import(`./${name}.ts`)) as Bench
  const figures = await run()
  const missed = missedGates(gates, figures)
  if (missed.length > 0) process.exitCode = 1
  if (options.json) console.log(JSON.stringify({ bench: name, ...figures, passed: missed.length === 0 }))
  else {
    console.log(`\n${name}`)
    for (const [figure, value] of Object.entries(figures)) console.log(`  ${figure}: ${shown(value)}`)
    for (const line of missed) console.log(`  MISSED ${line}`)
  }
}

function missedGates(gates: Bench['gates'], figures: Figures): string[] {
  const missed = figures.equal === false ? ['equal: the answers differ'] : []
  for (const [figure, gate] of Object.entries(gates)) {
    const value = figures[figure]
    const [bound, holds] =
      typeof gate === 'number'
        ? [`at least ${gate}`, typeof value === 'number' && value >= gate]
        : [`at most ${gate.atMost}`, typeof value === 'number' && value <= gate.atMost]
    if (!holds) missed.push(`${figure}: ${value}, must be ${bound}`)
  }
  return missed
}

function shown(value: number | string | boolean): string {
  return typeof value === 'number' ? value.toLocaleString('en') : String(value)
}

function machine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpu?.model ?? 'unknown CPU'}, ${cpus().length} cores, ${memory} GB, ${platform()} ${arch()}, Node ${process.version}`
}
