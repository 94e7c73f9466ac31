/** Keeps a failing case as a golden flow, with what the reference engine says as what is expected. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sourcesOf } from '../../src/plan/rewrite.ts'
import { feedOf } from '../../src/verify/feed.ts'
import { expected } from '../../src/verify/oracle.ts'
import type { SuiteFailure } from '../../src/verify/suite.ts'
import { lineOfRow } from '../golden/lines.ts'
import { savedPlan } from '../golden/saved.ts'

const golden = join(import.meta.dirname, '..', 'golden')

/** Rows that a run found late are not part of the expectation: write such a flow by hand. */
export async function save(name: string, { case: { root }, failure }: SuiteFailure): Promise<void> {
  const folder = join(golden, name)
  mkdirSync(folder, { recursive: true })
  const sources = sourcesOf([root])
  const input = sources.flatMap(source =>
    feedOf(source).input.rows.map(row => lineOfRow(source.schema, row, { $source: source.source.name })),
  )
  const output = (await expected(root)).map(row => lineOfRow(root.schema, row))
  const about = `found by the oracle: ${failure.law}`
  const plan = { about, plan: savedPlan(root) }
  writeFileSync(join(folder, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`)
  writeFileSync(join(folder, 'input.ndjson'), lines(input))
  writeFileSync(join(folder, 'expected.ndjson'), lines(output))
}

const lines = (all: readonly string[]): string => all.map(line => `${line}\n`).join('')
