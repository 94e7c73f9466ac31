/**
 * Runs a file with a line of 100 MB in a process of its own: `long-line.ts PROJECT FORMAT MODE`. Prints the rows, the count of
 * letters, and by how many MB the process was at most larger than before.
 */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { batch, files, memory, open, pipeline, stream, t } from '../../src/index.ts'

const LENGTH = 100_000_000
const PIECE = 1_000_000
const [project, format, mode] = process.argv.slice(2) as [string, 'csv' | 'ndjson', string]
const schema = { id: t.int32(), name: t.string() }

const path = join(project, `long.${format}`)
const out = createWriteStream(path)
await write(format === 'csv' ? 'id,name\n1,a\n' : '{"id":1,"name":"a"}\n')
for (let written = 0; written < LENGTH; written += PIECE) await write('x'.repeat(PIECE))
await write(format === 'csv' ? '\n3,c\n' : '\n{"id":3,"name":"c"}\n')
out.end()
await once(out, 'close')

// What a run needs at any rate is loaded by a first one.
const small = memory.rows([{ id: 1, name: 'a' }], { schema })
await run(small)
const before = process.resourceUsage().maxRSS
const { ids, deadLettered } = await run(
  format === 'csv' ? files.csv(path, { schema }) : files.ndjson(path, { schema }),
)
const growth = Math.round((process.resourceUsage().maxRSS - before) / 1024)
console.log(JSON.stringify({ ids, deadLettered, growth }))

async function run(users: typeof small): Promise<{ ids: number[]; deadLettered: number }> {
  await using session = await open({ dir: project })
  const to = memory.collect({ like: users })
  const report = await session.run(
    pipeline('users', users, { to, mode: mode === 'batch' ? batch() : stream() }),
  )
  return { ids: to.rows().map(({ id }) => id), deadLettered: report.deadLettered }
}

async function write(text: string): Promise<void> {
  if (!out.write(text)) await once(out, 'drain')
}
