/** Every connector keeps the laws of its seams. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { targetOf } from '../plan/endpoint.ts'
import type { SourceNode } from '../plan/node.ts'
import { batchOfCells } from '../schema/batch.ts'
import { rowsOf } from '../schema/row.ts'
import { t } from '../schema/type.ts'
import type { Source } from '../seam/source.ts'
import { type SinkPlace, sinkLaws, sinkSchema } from '../testing/sink-laws.ts'
import { sourceLaws } from '../testing/source-laws.ts'
import type { FileEndpoint } from './files/endpoint.ts'
import { files } from './files/files.ts'
import { oneOf, sequence } from './generate/columns.ts'
import { generatedSource } from './generate/source.ts'
import { memory } from './memory/endpoint.ts'
import { memorySource } from './memory/memory.ts'
import { print } from './print/endpoint.ts'
import { shuffledSource } from './shuffled/source.ts'

/** An endpoint by the name of its format, with the options that all have. */
const endpointOf = (format: keyof typeof files): FileEndpoint<object> => files[format]

const folder = mkdtempSync(join(tmpdir(), 'headrace-laws-'))
after(() => rmSync(folder, { recursive: true }))
let places = 0

const ROWS = 20_000
const schema = { at: t.timestamp(), who: t.string() }
const generated = (): Source =>
  generatedSource({ schema, columns: { at: sequence(), who: oneOf(['a', 'b', 'c']) }, rows: ROWS, seed: 1 })

sourceLaws('generate', { rows: ROWS, make: async () => generated() })
sourceLaws('shuffled', {
  rows: ROWS,
  make: async () => shuffledSource(generated(), { column: 'at', within: 100, seed: 2 }),
})
sourceLaws('memory', {
  rows: 30,
  make: async () => {
    const part = (first: number) =>
      batchOfCells(
        schema,
        Array.from({ length: 10 }, (_, i) => [BigInt(first + i), 'x']),
      )
    return memorySource([part(0), part(10), part(20)])
  },
})

type Format = keyof typeof files
for (const format of Object.keys(files) as Format[]) {
  sourceLaws(`files.${format}`, {
    rows: ROWS,
    make: async () => {
      const path = join(folder, `rows.${format}`)
      const file = endpointOf(format)(path, { schema })
      const writer = await targetOf(file)!.sink.open(0, { schema, mode: 'append' })
      for await (const { batch } of generated().read('0', { from: 0 }, new AbortController().signal)) {
        await writer.write(1, batch)
      }
      await writer.close(true)
      return (file.node as SourceNode).source
    },
  })
  sinkLaws(`files.${format}`, { make: async () => filePlace(format) })
}

function filePlace(format: Format): SinkPlace {
  const path = join(folder, `place-${++places}.${format}`)
  const file = endpointOf(format)(path, { schema: sinkSchema })
  const { source } = file.node as SourceNode
  return { sink: targetOf(file)!.sink, rows: () => rowsIn(source) }
}

/** Many files: a folder, and partitions by a column. */
const folders: readonly (readonly [string, Format, object])[] = [
  ['a folder', 'ndjson', {}],
  ['partitions', 'csv', { partitionBy: ['k'] }],
  ['partitions', 'parquet', { partitionBy: ['k'] }],
  ['packed partitions', 'json', { partitionBy: ['k'], compression: 'gzip' }],
]
for (const [what, format, options] of folders) {
  sinkLaws(`files.${format} of ${what}`, {
    make: async () => {
      const place = join(folder, `folder-${++places}`)
      const file = endpointOf(format)(`${place}/`, { schema: sinkSchema, ...options })
      return { sink: targetOf(file)!.sink, rows: () => rowsIn((file.node as SourceNode).source) }
    },
  })
}

/** The rows of all partitions; none where there is nothing yet. */
async function rowsIn(source: Source): Promise<(readonly [string, number])[]> {
  const found: [string, number][] = []
  const partitions = await source.partitions().catch((error: { code?: string }) => {
    if (error.code !== 'NOT_FOUND') throw error
    return []
  })
  for (const partition of partitions) {
    for await (const { batch } of source.read(partition, { from: 0 }, new AbortController().signal)) {
      for (const { k, n } of rowsOf(batch)) found.push([k as string, n as number])
    }
  }
  return found
}

sinkLaws('memory', {
  make: async () => {
    const collected = memory.collect<typeof sinkSchema>()
    return {
      sink: targetOf(collected)!.sink,
      rows: async () => collected.rows().map(({ k, n }) => [k as string, n as number] as const),
    }
  },
})

sinkLaws('print', {
  make: async () => {
    const lines: string[] = []
    return {
      sink: targetOf(print({ line: text => lines.push(text) }))!.sink,
      rows: async () => printed(lines),
    }
  },
})

/** The rows that remain of lines such as `+ a  1` and `− a  1`. */
function printed(lines: readonly string[]): (readonly [string, number])[] {
  const left: string[] = []
  for (const line of lines) {
    const [sign, ...cells] = line.split(/ +/)
    if (sign === '+') left.push(cells.join(' '))
    if (sign === '−') left.splice(left.indexOf(cells.join(' ')), 1)
  }
  return left.map(cells => cells.split(' ')).map(([k, n]) => [k!, Number(n)] as const)
}
