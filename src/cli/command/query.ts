/** `headrace query`. */
import { Table } from '../../connector/print/table.ts'
import type { QueryResult } from '../../pipeline/query.ts'
import { open } from '../../project/open.ts'
import type { Batch } from '../../schema/batch.ts'
import { CsvEncoder } from '../../schema/csv/encode.ts'
import { slice } from '../../schema/take.ts'
import { visible } from '../../schema/text/visible.ts'
import { typeText } from '../../schema/type.ts'
import { projectOf } from '../definition.ts'
import { amount } from '../report.ts'
import type { Terminal } from '../terminal.ts'
import { command, type Outcome, onlyArgument, projectOptions, UsageError, wholeOption } from './command.ts'
import { objectsOf } from './json-rows.ts'

/** Rows of a table where nobody said how many. */
const LIMIT = 100

/** Characters of a value on a terminal. */
const WIDEST = 60

export const queryCommand = command({
  name: 'query',
  usage: 'SQL',
  summary: 'shows what a SELECT over the warehouse gives',
  notes: [
    'The statement only reads: SELECT, FROM, WITH, SHOW, DESCRIBE or SUMMARIZE, in the SQL of DuckDB. Tables are written by pipelines.',
    'It may read local files by name. It writes none, attaches no database and loads no extension, so it reads nothing from a network.',
    'On a terminal long values are cut; elsewhere, and with --csv and --json, they are whole.',
  ],
  options: {
    csv: { text: 'print CSV, with a header' },
    limit: { value: 'N', text: `print the first N rows (default: ${LIMIT} of a table, else all)` },
    ...projectOptions,
  },
  examples: [
    ['query "SELECT region, sum(price) FROM orders GROUP BY ALL"', 'a table'],
    ['query "SHOW TABLES"', 'what there is'],
    ['query "FROM orders" --csv > orders.csv', 'all rows of a table as CSV'],
  ],
  run: async ({ positionals, values, json }, terminal) => {
    const sql = onlyArgument('query', 'SQL statement, in quotes', positionals)
    if (json && values.csv)
      throw new UsageError('query prints CSV or JSON, not both. See headrace query --help')
    const limit = values.limit === undefined ? undefined : wholeOption('limit', values.limit)
    const session = await open(projectOf(values))
    try {
      const result = await session.query(sql)
      if (json) return { document: await documentOf(result, limit, terminal) }
      if (values.csv) return await printCsv(result, limit, terminal)
      return await printTable(result, limit ?? LIMIT, terminal)
    } finally {
      await session.close()
    }
  },
})

/** The batches up to a limit, which the last one may cross by its rows. */
async function* first(
  result: QueryResult,
  limit = Number.POSITIVE_INFINITY,
  terminal: Terminal,
): AsyncGenerator<{ batch: Batch; more: boolean }> {
  let left = limit
  for await (const batch of result.batches()) {
    if (terminal.lost.aborted) return
    const more = batch.length > left
    yield { batch: more ? slice(batch, 0, left) : batch, more }
    left -= batch.length
    if (more) return
  }
}

async function printTable(result: QueryResult, limit: number, terminal: Terminal): Promise<Outcome> {
  const wide = process.stdout.isTTY ? WIDEST : Number.POSITIVE_INFINITY
  const table = new Table(result.schema, false, line => terminal.out(line), wide)
  let [rows, cut] = [0, false]
  for await (const { batch, more } of first(result, limit, terminal)) {
    table.add(batch)
    rows += batch.length
    cut = more
  }
  if (rows === 0) terminal.out(Object.keys(result.schema).map(visible).join('  '))
  table.flush()
  if (cut) terminal.err(`headrace: these are the first ${amount(rows)} rows; --limit N shows others`)
  else if (terminal.interactive) terminal.err(`${amount(rows)} ${rows === 1 ? 'row' : 'rows'}`)
  return {}
}

async function printCsv(
  result: QueryResult,
  limit: number | undefined,
  terminal: Terminal,
): Promise<Outcome> {
  const encoder = new CsvEncoder(result.schema)
  const put = (bytes: Uint8Array) => terminal.out(Buffer.from(bytes).toString().replace(/\n$/, ''))
  put(encoder.head())
  for await (const { batch } of first(result, limit, terminal))
    if (batch.length > 0) put(encoder.encode(batch))
  return {}
}

async function documentOf(
  result: QueryResult,
  limit: number | undefined,
  terminal: Terminal,
): Promise<{ columns: object[]; rows: object[] }> {
  const columns = Object.entries(result.schema).map(([name, type]) => ({ name, type: typeText(type) }))
  const rows: object[] = []
  for await (const { batch } of first(result, limit, terminal)) rows.push(...objectsOf(batch, result.schema))
  return { columns, rows }
}
