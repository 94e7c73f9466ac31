/** Trial runs: a plan over the first records of its sources. */

import type { Node } from '../plan/node.ts'
import { rewrite } from '../plan/rewrite.ts'
import { slice } from '../schema/take.ts'
import type { Read, RejectedRecord, Source } from '../seam/source.ts'

/** The same plan, of which each source ends after so many records: rows and bad records, of all partitions together. */
export function limited(root: Node, records: number): Node {
  const [node] = rewrite([root], each =>
    each.kind === 'source' ? { ...each, source: limitedSource(each.source, records) } : each,
  )
  return node!
}

function limitedSource(source: Source, records: number): Source {
  const { name, repeatable, dated, pruning } = source
  let left = 0
  return {
    name,
    repeatable,
    bounded: true,
    partitions: () => {
      left = records
      return source.partitions()
    },
    async *read(partition, range, signal) {
      if (left === 0) return
      let from = range.from
      for await (const read of source.read(partition, range, signal)) {
        const kept = cut(read, from, left)
        left -= kept.records
        from = read.position
        if (kept.records > 0) yield kept.read
        if (left === 0) return
      }
    },
    ...(source.at === undefined ? {} : { at: site => limitedSource(source.at!(site), records) }),
    ...(dated === undefined ? {} : { dated }),
    ...(pruning === undefined
      ? {}
      : {
          pruning: {
            columns: pruning.columns,
            where: holds => limitedSource(pruning.where(holds), records),
          },
        }),
  }
}

/** The first `most` records of a read that began at `from`. Positions count records, so bad ones say how many rows are before. */
function cut(read: Read, from: number, most: number): { readonly read: Read; readonly records: number } {
  const { batch, rejected = [] } = read
  const records = batch.length + rejected.length
  if (records <= most) return { read, records }
  const position = from + most
  const bad = rejected.filter((record: RejectedRecord) => record.position < position)
  const rows = slice(batch, 0, most - bad.length)
  const { rejected: _, ...rest } = read
  return {
    read: { ...rest, batch: rows, position, ...(bad.length === 0 ? {} : { rejected: bad }) },
    records: most,
  }
}
