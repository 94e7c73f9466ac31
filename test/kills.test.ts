/**
 * `headrace run`, killed at random moments, again and again on top of what the last kill left: each target has all of what
 * it held before or all of what the run gives, and the first run that ends leaves what a run without kills leaves.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { files } from '../src/connector/files/files.ts'
import { warehouse } from '../src/connector/warehouse/endpoint.ts'
import { open } from '../src/project/open.ts'
import { seeded } from '../src/runtime/random.ts'
import { t } from '../src/schema/type.ts'

const SEED = 7
const KILLS = 8
const DAYS = 4
const interval = ['--from', '2024-01-02', '--to', '2024-01-04']

const random = seeded(SEED)
const repo = resolve(import.meta.dirname, '..')
let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-kills-'))
  await mkdir(join(folder, 'node_modules'))
  await symlink(repo, join(folder, 'node_modules', 'headrace'))
  for (const [path, text] of Object.entries(project)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
})
after(() => rm(folder, { recursive: true }))

const schema = { at: t.timestamp(), day: t.date(), shop: t.string(), made: t.int32() }
/** What the pipeline writes to, as the test reads it. */
const targets = {
  hive: files.parquet('hive', { schema, partitionBy: ['day', 'shop'] }),
  dated: files.csv('dated/{yyyy}/{MM}/{dd}.csv.gz', { schema }),
  single: files.csv('single.csv', { schema }),
  parquet: files.parquet('single.parquet', { schema }),
  table: warehouse.table('kept', { schema, eventTime: { column: 'at' } }),
}
type Target = keyof typeof targets
const names = Object.keys(targets) as Target[]

const project = {
  'package.json': '{ "type": "module" }',
  'headrace.config.ts': `import { defineConfig } from 'headrace'
export default defineConfig({ include: ['src/*.ts'] })`,
  'in.csv': `at,day,shop\n${lines()}`,
  'src/all.ts': `import { files, pipeline, t, warehouse } from 'headrace'
const input = { at: t.timestamp(), day: t.date(), shop: t.string() }
const schema = { ...input, made: t.int32() }
const made = Number(process.env.MADE)
let begun = false
const rows = files.csv('in.csv', { schema: input, eventTime: { column: 'at' } }).map('mark', { out: schema, version: 1 }, row => {
  if (!begun) process.stderr.write('begun')
  begun = true
  return { ...row, made }
})
export const all = pipeline('all', rows, {
  to: [
    files.parquet('hive', { schema, partitionBy: ['day', 'shop'] }),
    files.csv('dated/{yyyy}/{MM}/{dd}.csv.gz', { schema }),
    files.csv('single.csv', { schema }),
    files.parquet('single.parquet', { schema }),
    warehouse.table('kept', { schema, eventTime: { column: 'at' } }),
  ],
})`,
}

/** Every hundredth record is bad. */
function lines(): string {
  return Array.from({ length: 1000 * DAYS }, (_, i) => {
    const day = `2024-01-0${1 + Math.floor(i / 1000)}`
    return i % 100 === 50 ? `${day}T00:00:00Z,never,s` : `${day}T0${i % 10}:00:00Z,${day},s${i % 5}`
  }).join('\n')
}

interface Ended {
  readonly begun: boolean
  readonly code: number | null
  /** From its first row to its end. */
  readonly ms: number
  readonly said: string
}

/** Runs the pipeline in a process of its own, which is killed so long after its first row. */
async function run(made: number, args: readonly string[], killAfterMs?: number): Promise<Ended> {
  const cli = ['--conditions=headrace-source', join(repo, 'bin', 'headrace.js'), 'run', 'all', ...args]
  const child = spawn(process.execPath, cli, { cwd: folder, env: { ...process.env, MADE: String(made) } })
  let said = ''
  let begun: number | undefined
  child.stderr.on('data', data => {
    said += data
    if (begun !== undefined || !said.includes('begun')) return
    begun = performance.now()
    if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  })
  child.stdout.resume()
  const code = await new Promise<number | null>(done => child.on('close', done))
  return { begun: begun !== undefined, code, ms: performance.now() - (begun ?? 0), said }
}

async function runWell(made: number, args: readonly string[]): Promise<number> {
  const { code, ms, said } = await run(made, args)
  assert.equal(code, 0, said)
  return ms
}

/** What the targets hold: how many rows of each day, and which run made them. */
async function read(): Promise<Record<Target, string>> {
  const session = await open({ dir: folder })
  try {
    const found: Partial<Record<Target, string>> = {}
    for (const name of names) {
      const counts = new Map<string, number>()
      for await (const { day, made } of session.rows(targets[name])) {
        const key = `day ${day} by ${made}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
      found[name] = JSON.stringify([...counts].sort())
    }
    return found as Record<Target, string>
  } finally {
    await session.close()
  }
}

/** Everything in the project but what DuckDB writes, by its bytes. */
async function everything(): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1)
    if (path.startsWith('node_modules') || path.endsWith('.duckdb')) continue
    const bytes = entry.isFile() ? await readFile(join(folder, path)) : ''
    found[path] = entry.isFile() ? createHash('sha256').update(bytes).digest('hex') : 'folder'
  }
  return found
}

test(`after each of ${KILLS} kills every target is old or new, and a run that ends leaves no trace of them`, async () => {
  await runWell(0, [])
  const whole: Record<Target, string>[] = []
  let ms = 0
  for (const made of [2, 1]) {
    ms = await runWell(made, interval)
    whole[made] = await read()
  }
  const expected = await everything()
  const held = new Map(names.map(name => [name, 1]))
  const seen = { old: 0, new: 0 }
  let kills = 0
  for (let tries = 0; kills < KILLS && tries < 3 * KILLS; tries++) {
    const made = 1 + (tries % 2)
    // Spread over the run, however long that takes now.
    const ended = await run(made, interval, ((tries % KILLS) + random()) * (ms / KILLS))
    const wasKilled = ended.begun && ended.code === null
    if (wasKilled) kills++
    else ms = (ms + ended.ms) / 2
    const found = await read()
    for (const name of names) {
      const [old, now] = [whole[held.get(name)!]![name], whole[made]![name]]
      const what = `${name} after kill ${kills}, try ${tries}, seed ${SEED}: ${found[name]}, not ${old} nor ${now}`
      assert.ok(found[name] === now || (wasKilled && found[name] === old), what)
      if (wasKilled && old !== now) seen[found[name] === now ? 'new' : 'old']++
      if (found[name] === now) held.set(name, made)
    }
  }
  console.log(`${kills} kills within ${Math.round(ms)} ms: ${seen.old} targets old, ${seen.new} new`)
  assert.equal(kills, KILLS)
  assert.ok(seen.old > 0 && seen.new > 0, JSON.stringify(seen))
  await runWell(1, interval)
  assert.deepEqual(await everything(), expected)
  assert.deepEqual(await read(), whole[1])
})
