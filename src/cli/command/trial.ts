/** `headrace run --limit N`: a pipeline over the first records of its sources, its result shown and written nowhere. */
import { memory } from '../../connector/memory/endpoint.ts'
import { Table } from '../../connector/print/table.ts'
import { limited } from '../../pipeline/limit.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import type { RunReport } from '../../pipeline/session.ts'
import type { Batch } from '../../schema/batch.ts'
import { batchOfRows } from '../../schema/row.ts'
import { slice } from '../../schema/take.ts'
import type { RowOf, Schema } from '../../schema/type.ts'
import { amount, reportText } from '../report.ts'
import type { Outcome } from './command.ts'
import { objectsOf } from './json-rows.ts'

/** Rows of the result that are shown. */
const SHOWN_ROWS = 50

/**
 * Runs a pipeline on at most so many records of each source by `run`. In place of its targets the rows go into a table, or
 * into the document. Bad records are counted, and kept nowhere.
 */
export async function trial(
  pipeline: Pipeline,
  records: number,
  run: (trial: Pipeline) => Promise<RunReport>,
): Promise<Outcome> {
  const collected = memory.collect()
  const node = limited(pipeline.node, records)
  const report = await run({ ...pipeline, node, to: [collected], onBadRecord: 'skip' })
  const { schema } = pipeline.node
  const rows = batchOfRows(schema, collected.rows() as RowOf<Schema>[])
  return { document: { ...report, rows: objectsOf(rows, schema) }, text: textOf(report, rows, records) }
}

function textOf(report: RunReport, rows: Batch, records: number): string {
  const lines: string[] = []
  const table = new Table(rows.schema, false, line => lines.push(line))
  table.add(slice(rows, 0, Math.min(SHOWN_ROWS, rows.length)))
  table.flush()
  const more = rows.length > SHOWN_ROWS ? [`… and ${amount(rows.length - SHOWN_ROWS)} more rows`] : []
  const told = `A trial: at most ${amount(records)} records of each source were read, and nothing was written.`
  const none = rows.length === 0 ? ['(no rows)'] : []
  return [...lines, ...none, ...more, '', told, reportText(report)].join('\n')
}
