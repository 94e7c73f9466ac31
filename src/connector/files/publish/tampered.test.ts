/** Folders in which somebody else has had their hands: nothing outside is touched. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { batchOfCells } from '../../../schema/batch.ts'
import { csv } from '../../../schema/codec.ts'
import { t } from '../../../schema/type.ts'
import { layoutOf } from '../path/layout.ts'
import { openFolder } from '../write/folder-sink.ts'
import { textFileFormat } from '../write/text.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'headrace-tampered-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const schema = { shop: t.string(), sold: t.int32() }

async function publish(shop: string): Promise<void> {
  const format = textFileFormat({ name: 'csv', ...csv() })
  const partitionBy = ['shop']
  const layout = layoutOf('files.csv', join(dir, 'sales'), { partitionBy })
  const writer = await openFolder(
    { what: 'files.csv', format, layout, dir: '', partitionBy },
    { schema, mode: 'append' },
    undefined,
  )
  let ended = false
  try {
    await writer.write(1, batchOfCells(schema, [[shop, 1]]))
    await writer.commit(1)
    ended = true
  } finally {
    await writer.close(ended)
  }
}

test('a partition that has become a link is neither emptied nor written through', async () => {
  const outside = join(dir, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'part-0.csv'), 'precious')
  await publish('a')
  rmSync(join(dir, 'sales', 'shop=a'), { recursive: true })
  symlinkSync(outside, join(dir, 'sales', 'shop=a'))
  for (const shop of ['b', 'a']) {
    await assert.rejects(publish(shop), {
      code: 'WRITE_FAILED',
      message: /shop=a.* is a link.*Put a folder/,
    })
    assert.equal(readFileSync(join(outside, 'part-0.csv'), 'utf8'), 'precious')
    assert.equal(existsSync(join(dir, 'sales', '_intent.json')), false)
  }
  rmSync(join(dir, 'sales', 'shop=a'))
  await publish('b')
  assert.equal(readFileSync(join(dir, 'sales', 'shop=b', 'part-0.csv'), 'utf8'), 'sold\n1\n')
})

test('a manifest or an intent that names what is outside is refused, and nothing is done', async () => {
  const outside = join(dir, 'outside.csv')
  writeFileSync(outside, 'precious')
  await publish('a')
  const manifest = join(dir, 'sales', '_manifest.json')
  const before = readFileSync(manifest, 'utf8')
  for (const path of ['../outside.csv', outside, 'shop=a/../../outside.csv', 'shop=a//x.csv', 'x.csv\0']) {
    const files = [{ path, rows: 1, bytes: 8 }]
    writeFileSync(manifest, JSON.stringify({ ...JSON.parse(before), files }))
    await assert.rejects(publish('b'), { code: 'READ_FAILED', message: /_manifest\.json is not what/ }, path)
    writeFileSync(manifest, before)
    const intent = {
      version: 1,
      staging: '_staging-x',
      moves: [],
      deletes: [path],
      manifest: JSON.parse(before),
    }
    writeFileSync(join(dir, 'sales', '_intent.json'), JSON.stringify(intent))
    await assert.rejects(publish('b'), { code: 'READ_FAILED', message: /_intent\.json is not what/ }, path)
    rmSync(join(dir, 'sales', '_intent.json'))
  }
  assert.equal(readFileSync(outside, 'utf8'), 'precious')
})
