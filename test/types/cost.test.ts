/** What the language costs the compiler: a plan of fifteen steps over a hundred columns. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from './compiler.ts'
import { tsc } from './language-server.ts'

const kinds = ['t.decimal(12, 2)', 't.string()', 't.int64()', 't.nullable(t.float64())', 't.timestamp()']

function schema(columns: number): string {
  const lines = Array.from({ length: columns }, (_, i) => `  c${i}: ${kinds[i % kinds.length]},`)
  return `import { count, desc, files, max, sum, t, tumbling, when } from 'headrace'
const wide = files.parquet('wide.parquet', {
  schema: {
${lines.join('\n')}
  },
  key: 'c1',
  eventTime: { column: 'c4', outOfOrderness: '5 seconds' },
})
`
}

const steps = `
const other = wide.select(c => ({ c1: c.c1, label: c.c6.lower(), rank: c.c7 }))
export const result = wide
  .filter(c => c.c0.gt(10).and(c.c3.isNotNull()))
  .with(c => ({ d0: c.c0.mul('1.1'), d1: c.c2.add(c.c7), d2: when(c.c5.gt(1000), 'high').else('low') }))
  .with(c => ({ d3: c.d0.add(c.c5), d4: c.c4.truncate('hour') }))
  .rename({ c6: 'name', c11: 'city' })
  .drop('c95', 'c96', 'c97')
  .filter(c => c.name.startsWith('a').or(c.city.eq('b')))
  .with(c => ({ d5: c.d3.sub(c.d0), d6: c.name.concat(' ', c.city) }))
  .union(
    wide
      .with(c => ({ d0: c.c0.mul('1.1'), d1: c.c2.add(c.c7), d2: when(c.c5.gt(1000), 'high').else('low') }))
      .with(c => ({ d3: c.d0.add(c.c5), d4: c.c4.truncate('hour') }))
      .rename({ c6: 'name', c11: 'city' })
      .drop('c95', 'c96', 'c97')
      .with(c => ({ d5: c.d3.sub(c.d0), d6: c.name.concat(' ', c.city) })),
  )
  .join(other, { on: 'c1', how: 'left' })
  .filter(c => c.label.isNotNull())
  .map('score', { out: { key: t.string(), score: t.float64(), at: t.timestamp(), c4: t.timestamp() }, version: 1 }, row => ({
    key: row.d6 + row.d2,
    score: Number(row.c2),
    at: row.d4,
    c4: row.c4,
  }))
  .window(tumbling('1 minute'))
  .groupBy('key')
  .agg({ total: sum('score'), n: count(), latest: max('at'), twice: c => sum(c.score.mul(2)) })
  .filter(c => c.n.gt(1))
  .orderBy(desc('n'), 'key')
  .limit(10)
export const label: string = result.node.kind
`

/** The compiler's own count of type instantiations for a program, without those of an empty one. */
function instantiations(folder: string, program: string): number {
  const file = join(folder, 'program.ts')
  writeFileSync(file, program)
  const config = {
    extends: '../../../tsconfig.json',
    compilerOptions: { noUnusedLocals: false },
    include: ['program.ts'],
    exclude: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const { stdout } = spawnSync(
    process.execPath,
    [tsc, '-p', folder, '--pretty', 'false', '--extendedDiagnostics'],
    {
      encoding: 'utf8',
      timeout: 120_000,
    },
  )
  assert.doesNotMatch(stdout, /program\.ts.*error/, stdout.slice(0, 2000))
  const [, count] = /^Instantiations:\s+(\d+)/m.exec(stdout) ?? []
  return Number(count)
}

test('a plan of 15 steps over 100 columns stays within its budget of instantiations', t => {
  const folder = mkdtempSync(join(root, 'test', 'types', '.cost-'))
  try {
    const [few, many] = [0, 1].map(n =>
      instantiations(
        folder,
        schema(100) + (n === 0 ? 'export { count, desc, max, sum, tumbling, when, wide }' : steps),
      ),
    )
    t.diagnostic(`${many! - few!} instantiations`)
    assert.ok(few! > 0)
    assert.ok(many! - few! < 60_000, `${many! - few!} instantiations`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
