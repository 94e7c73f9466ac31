import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { seeded } from '../../../runtime/random.ts'
import { type Batch, batchOfCells } from '../../../schema/batch.ts'
import type { Cell } from '../../../schema/cell.ts'
import { csv } from '../../../schema/codec.ts'
import { slice } from '../../../schema/take.ts'
import { t } from '../../../schema/type.ts'
import { layoutOf } from '../path/layout.ts'
import { publishedIn } from '../publish/published.ts'
import { openFolder } from './folder-sink.ts'
import type { PartBounds } from './parts.ts'
import { textFileFormat } from './text.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-parts-'))
})
after(() => rm(folder, { recursive: true }))

const lines = textFileFormat({ name: 'csv', ...csv() })

async function found(name: string): Promise<Record<string, string>> {
  const manifest = (await publishedIn(join(folder, name))).manifest!
  const texts = manifest.files.map(
    async ({ path }) => [path, await readFile(join(folder, name, path), 'utf8')] as const,
  )
  return Object.fromEntries(await Promise.all(texts))
}

test('which file a row goes to depends on the rows before it, not on how they are cut into batches', async () => {
  const bounds: PartBounds = { open: 3, idleRows: 20, partRows: 50 }
  const random = seeded(9)
  // Runs of rows of one shop, so that shops come, rest and come back; later all at once.
  const rows: Cell[][] = Array.from({ length: 2000 }, (_, i) => [
    `s${Math.floor(i < 1000 ? i / 30 : random() * 9) % 9}`,
    i,
  ])
  const schema = { shop: t.string(), n: t.int32() }
  const layouts: Record<string, string>[] = []
  for (const cut of [1, 7, 64, 2000]) {
    const name = `cut-${cut}`
    const layout = layoutOf('files.csv', join(folder, name), { partitionBy: ['shop'] })
    const target = { what: 'files.csv', format: lines, layout, dir: '', partitionBy: ['shop'], bounds }
    const writer = await openFolder(target, { schema, mode: 'append' }, undefined)
    const whole: Batch = batchOfCells(schema, rows)
    for (let at = 0; at < rows.length; at += cut) {
      await writer.write(1, slice(whole, at, Math.min(rows.length, at + cut)))
    }
    await writer.commit(1)
    await writer.close(true)
    layouts.push(await found(name))
  }
  for (const layout of layouts) assert.deepEqual(layout, layouts[0])
  const texts = Object.entries(layouts[0]!)
  const numbers = texts.flatMap(([, text]) => text.trimEnd().split('\n').slice(1).map(Number))
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    rows.map((_, n) => n),
  )
  for (const [path, text] of texts) {
    const own = text.trimEnd().split('\n').slice(1).map(Number)
    assert.ok(
      own.every(n => path.startsWith(`shop=${rows[n]![0]}/`)),
      path,
    )
    assert.deepEqual(
      own,
      own.toSorted((a, b) => a - b),
      path,
    )
  }
  assert.ok(texts.some(([path]) => path.endsWith('part-3.csv')))
})
