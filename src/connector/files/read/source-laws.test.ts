/** Sources of files keep the laws of sources, also where they are several, packed, partitioned, and bad here and there. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Duckdb } from '../../../duckdb/duckdb.ts'
import type { Relation } from '../../../plan/builder/dataset.ts'
import type { SourceNode } from '../../../plan/node.ts'
import { t } from '../../../schema/type.ts'
import type { Source } from '../../../seam/source.ts'
import { sourceLaws } from '../../../testing/source-laws.ts'
import { files } from '../files.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-source-laws-'))
after(() => rmSync(folder, { recursive: true }))

const schema = { id: t.int32(), note: t.nullable(t.string()) }
const ROWS = 3000
/** Few are bad, since laws read from each; the first two follow each other. */
const isBad = (i: number): boolean => i % 700 === 3 || i === 4
/** Makes the file longer than what is decoded at a time. */
const LONG = 'x'.repeat(200)
const BAD = Array.from({ length: ROWS }, (_, i) => i).filter(isBad).length

const csvLine = (i: number): string => `${isBad(i) ? 'bad' : i},"${LONG}\n${i % 7}"\n`
const jsonLine = (i: number): string => `{"id":${isBad(i) ? '"bad"' : i},"note":"${LONG}${i}"}\n`

function lines(line: (i: number) => string, from = 0, to = ROWS): Buffer {
  return Buffer.from(Array.from({ length: to - from }, (_, i) => line(from + i)).join(''))
}

function put(path: string, bytes: Buffer | string): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
  return file
}

const sourceOf = (dataset: Relation): Source => (dataset.node as SourceNode).source
const subject = { rows: ROWS - BAD, rejected: BAD }

sourceLaws('files.csv with bad records', {
  ...subject,
  make: async () => {
    const path = put('plain.csv', `id,note\n${lines(csvLine)}`)
    return sourceOf(files.csv(path, { schema }))
  },
})

sourceLaws('files.json with bad records', {
  ...subject,
  make: async () => {
    const elements = lines(jsonLine).toString().trimEnd().replaceAll('}\n', '},\n')
    return sourceOf(files.json(put('array.json', `[${elements}]`), { schema }))
  },
})

sourceLaws('files.ndjson of two gzip members with bad records', {
  ...subject,
  make: async () => {
    const members = [lines(jsonLine, 0, 1200), lines(jsonLine, 1200)].map(part => gzipSync(part))
    return sourceOf(files.ndjson(put('rows.ndjson.gz', Buffer.concat(members)), { schema }))
  },
})

sourceLaws('files.ndjson of a gzip archive that is cut off', {
  rows: ROWS - BAD,
  rejected: BAD + 1,
  make: async () => {
    const whole = gzipSync(lines(jsonLine))
    // What is cut off is the checksum: all rows are there.
    return sourceOf(files.ndjson(put('cut.ndjson.gz', whole.subarray(0, -4)), { schema }))
  },
})

sourceLaws('files.csv by a pattern, of zstd archives with bad records', {
  ...subject,
  make: async () => {
    for (const [i, from] of [0, 1000, 2000].entries()) {
      const text = Buffer.concat([Buffer.from('id,note\n'), lines(csvLine, from, from + 1000)])
      put(`pattern/part-${i}.csv.zst`, zstdCompressSync(text))
    }
    return sourceOf(files.csv(join(folder, 'pattern/part-*.csv.zst'), { schema }))
  },
})

sourceLaws('files.csv by Hive partitions', {
  ...subject,
  make: async () => {
    for (const [i, region] of ['eu', 'a%2Fb', '__HIVE_DEFAULT_PARTITION__'].entries()) {
      put(`hive/region=${region}/x.csv`, `id,note\n${lines(csvLine, i * 1000, (i + 1) * 1000)}`)
    }
    const partitioned = { region: t.nullable(t.string()), ...schema }
    return sourceOf(files.csv(join(folder, 'hive'), { schema: partitioned, partitionBy: ['region'] }))
  },
})

sourceLaws('files.csv by a dated path', {
  ...subject,
  make: async () => {
    for (const [i, day] of ['30', '31'].entries()) {
      put(`dated/2024-01-${day}.csv`, `id,note\n${lines(csvLine, i * 1500, (i + 1) * 1500)}`)
    }
    return sourceOf(files.csv(join(folder, 'dated/{yyyy}-{MM}-{dd}.csv'), { schema }))
  },
})

sourceLaws('files.parquet with rows that do not fit', {
  ...subject,
  make: async () => {
    const path = join(folder, 'rows.parquet')
    const db = await Duckdb.open()
    const id = 'CASE WHEN i % 700 = 3 THEN NULL WHEN i = 4 THEN 3000000000 ELSE i END'
    await db.run(
      `COPY (SELECT ${id} AS id, i::VARCHAR AS note FROM range(${ROWS}) AS r(i)) TO '${path}' (ROW_GROUP_SIZE 2048)`,
    )
    await db.close()
    return sourceOf(files.parquet(path, { schema }))
  },
})
