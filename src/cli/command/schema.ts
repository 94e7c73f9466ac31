/** `headrace schema`. */
import { existsSync, statSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { joined, layoutOf } from '../../connector/files/path/layout.ts'
import { reading } from '../../connector/files/read/failure.ts'
import { type ListedFile, listFiles } from '../../connector/files/read/listing.ts'
import { tableName } from '../../connector/warehouse/name.ts'
import { storedColumns, tableNames, tableText } from '../../duckdb/catalogue.ts'
import { openDatabase } from '../../duckdb/database-file.ts'
import { Duckdb } from '../../duckdb/duckdb.ts'
import { logicalType } from '../../duckdb/found.ts'
import { parquetRows, parquetSchema, readPromises } from '../../duckdb/parquet/footer.ts'
import { HeadraceError } from '../../errors.ts'
import { nearest } from '../../plan/nearest.ts'
import { settle } from '../../project/config.ts'
import { projectFolder } from '../../project/folder.ts'
import { resolveEnv } from '../../runtime/env.ts'
import { type ColumnType, type Schema, withNull } from '../../schema/type.ts'
import { amount } from '../report.ts'
import { command, onlyArgument, projectOptions, UsageError, wholeOption } from './command.ts'
import { quoted, typeCode } from './infer.ts'
import { csvSample, jsonSample, partitionColumns, type Sample } from './sample.ts'

const ROWS = 10_000
const FORMATS = ['csv', 'ndjson', 'json', 'parquet'] as const
type Format = (typeof FORMATS)[number]

/** What was found out of a file or table. */
interface Described {
  /** The code in front of the options, such as `files.csv('orders.csv'`. */
  readonly endpoint: string
  readonly schema: Schema
  /** What was looked at, in a sentence. */
  readonly looked: string
  /** Rows that were looked at; absent where the types are declared. */
  readonly rows?: number
  readonly all?: boolean
  readonly bad?: number
  readonly delimiter?: string
  /** The columns of the schema that the names of folders hold. */
  readonly partitionBy?: readonly string[]
  /** Columns that no logical type fits, with their own. */
  readonly left?: readonly string[]
}

export const schemaCommand = command({
  name: 'schema',
  usage: 'FILE | TABLE',
  summary: 'prints the schema of a file or a table of the warehouse, to paste',
  notes: [
    `Of CSV, NDJSON and JSON the first rows are looked at (${amount(ROWS)}, or --rows N): the narrowest type that holds all values of a column is printed, nullable if one was null or missing. Exact types come first, and leave room for the next file: whole numbers are int64, numbers with at most 9 digits after the point decimals of 18 digits (more if some need them), longer ones and those with an exponent float64. Whole numbers with a zero in front are texts. Texts of one form are bool, date, timestamp or uuid; an enum is never guessed.`,
    'Parquet files and tables say themselves what they hold. Of a pattern, a folder or a dated path the first file is looked at; the columns of Hive partitions are told from the names of all folders.',
  ],
  options: {
    rows: { value: 'N', text: `how many rows of text to look at (default ${amount(ROWS)})` },
    format: { value: 'FORMAT', text: 'csv, ndjson, json or parquet, where the name does not tell' },
    delimiter: {
      value: 'C',
      text: 'what stands between the fields of a CSV file (default: the one in its header)',
    },
    ...projectOptions,
  },
  examples: [
    ['schema data/orders.csv', 'a file'],
    ["schema 'data/orders-*.ndjson.gz' --rows 100000", 'the first of many files, more rows of it'],
    ['schema raw.orders', 'a table of the warehouse'],
  ],
  run: async ({ positionals, values }) => {
    const what = onlyArgument('schema', 'FILE or TABLE', positionals)
    const rows = wholeOption('rows', values.rows ?? String(ROWS))
    const dir = projectFolder(values.dir)
    const file = await firstFile(what, dir)
    const described =
      file === undefined
        ? await describedTable(what, dir, values.profile)
        : withPartitions(
            await describedFile(file, formatOf(file.name, values.format), rows, values.delimiter),
            file.partitions,
          )
    const { schema, endpoint: _, ...rest } = described
    const columns = Object.entries(schema).map(([name, type]) => ({ name, type: typeCode(type) }))
    return { document: { ...rest, columns, code: codeOf(described) }, text: textOf(described) }
  },
})

interface FirstFile {
  /** As a pipeline of the project would name what was asked for. */
  readonly endpoint: string
  /** The file that is looked at. */
  readonly name: string
  readonly path: string
  readonly of: number
  /** The columns that the names of folders hold. */
  readonly partitions: Schema
}

/** The file, or the first of those, that an argument means; undefined for what can only be a table. */
async function firstFile(what: string, dir: string): Promise<FirstFile | undefined> {
  const path = resolve(what)
  const endpoint = relative(dir, path).startsWith('..') ? path : relative(dir, path).replaceAll(sep, '/')
  if (existsSync(path) && statSync(path).isFile())
    return { endpoint, name: what, path, of: 1, partitions: {} }
  const layout = layoutOf('schema', what)
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  if (layout.kind === 'file' && !isFolder) {
    if (!/[/\\]|\.(csv|tsv|ndjson|jsonl|json|parquet)(\.(gz|zst|zstd))?$/.test(what)) return undefined
    throw new HeadraceError('NOT_FOUND', `There is no file ${what}.`)
  }
  const below = isFolder ? await listFiles(layoutOf('schema', joined(what, '**')), resolve('.')) : []
  const partitions = partitionColumns(
    below.map(({ path: file }) => relative(path, file).replaceAll(sep, '/')),
  )
  const isHive = Object.keys(partitions).length > 0
  const [first, ...others]: ListedFile[] = isHive ? below : await listFiles(layout, resolve('.'))
  if (first === undefined) throw new HeadraceError('NOT_FOUND', `No file matches ${what}.`)
  return { endpoint, name: first.name, path: first.path, of: others.length + 1, partitions }
}

/** The values in the names of folders are no longer in the files, or stand before what they say. */
function withPartitions(described: Described, partitions: Schema): Described {
  const partitionBy = Object.keys(partitions)
  if (partitionBy.length === 0) return described
  return { ...described, schema: { ...described.schema, ...partitions }, partitionBy }
}

function formatOf(name: string, given: string | undefined): Format {
  if (given !== undefined) {
    const known = FORMATS.find(each => each === given)
    if (known !== undefined) return known
    throw new UsageError(
      `there is no format "${given}"${nearest(given, FORMATS)} It can be ${FORMATS.join(', ')}`,
    )
  }
  const extension = /\.(\w+)(\.(gz|zst|zstd))?$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const formats: Readonly<Record<string, Format>> = { tsv: 'csv', jsonl: 'ndjson' }
  const found = FORMATS.find(each => each === extension) ?? formats[extension]
  if (found !== undefined) return found
  throw new UsageError(`the name ${name} does not tell its format. Give --format ${FORMATS.join(', ')}`)
}

async function describedFile(
  file: FirstFile,
  format: Format,
  rows: number,
  delimiter?: string,
): Promise<Described> {
  const first = file.of === 1 ? '' : ` of ${file.name}, the first of ${amount(file.of)} files`
  if (format === 'parquet') return describedParquet(file, endpointOf(file, format), first)
  const sample = await reading(file.name, () =>
    format === 'csv'
      ? csvSample(file.name, file.path, rows, delimiter)
      : jsonSample(file.name, file.path, rows),
  )
  if (sample.rows === 0) {
    throw new HeadraceError('READ_FAILED', `${file.name} has no ${format} row that could be looked at.`)
  }
  const { lines, ...rest } = sample
  const found = lines === undefined ? format : lines ? 'ndjson' : 'json'
  return { ...rest, endpoint: endpointOf(file, found), looked: lookedAt(sample, first) }
}

function endpointOf({ endpoint }: FirstFile, format: Format): string {
  return `files.${format}(${quoted(endpoint)}`
}

function lookedAt({ rows, all, bad }: Sample, first: string): string {
  const which = all ? `all ${amount(rows)}` : `the first ${amount(rows)}`
  const more = all ? '' : '; what follows may not fit'
  const wrong = bad === 0 ? '' : ` Records among them that are no rows: ${amount(bad)}.`
  return `Rows looked at${first}: ${which}${more}.${wrong} With room for others: int64, and decimals of 18 digits.`
}

async function describedParquet({ path }: FirstFile, endpoint: string, first: string): Promise<Described> {
  const db = await Duckdb.open()
  try {
    const columns = await parquetSchema(db, path)
    const promises = await readPromises(db, [path])
    const [rows] = await parquetRows(db, [path])
    const types = columns.map(({ name, found, type }) => ({
      name,
      found,
      ...(type === undefined ? {} : { type: withNull(type, promises.get(name)?.noNulls !== true) }),
    }))
    return {
      endpoint,
      ...split(types),
      rows: rows!,
      all: true,
      looked: `Read from the footer${first}. Rows: ${amount(rows!)}.`,
    }
  } finally {
    await db.close()
  }
}

async function describedTable(table: string, dir: string, profile: string | undefined): Promise<Described> {
  const { warehouse } = await settle(dir, profile)
  const path = resolve(dir, resolveEnv(warehouse, 'the path of the warehouse'))
  const named = tableName(table)
  if (!existsSync(path)) {
    throw new HeadraceError(
      'NOT_FOUND',
      `There is no file ${table}, and no warehouse (${path}) with such a table.`,
    )
  }
  await using file = await openDatabase(path, { create: false })
  const columns = await storedColumns(file.db, named)
  if (columns === undefined) {
    const names = await tableNames(file.db)
    throw new HeadraceError(
      'NOT_FOUND',
      `There is no file ${table}, and the warehouse has no table '${table}'${nearest(table, names)} It has: ${names.join(', ') || 'none'}.`,
    )
  }
  const types = columns.map(({ name, found, nullable }) => {
    const type = logicalType(found)
    return type === undefined ? { name, found } : { name, found, type: withNull(type, nullable) }
  })
  return {
    endpoint: `warehouse.table(${quoted(tableText(named))}`,
    ...split(types),
    looked: 'The table declares its columns.',
  }
}

function split(
  columns: readonly { readonly name: string; readonly found: string; readonly type?: ColumnType }[],
): Pick<Described, 'schema' | 'left'> {
  const typed = columns.flatMap(({ name, type }) => (type === undefined ? [] : [[name, type] as const]))
  const left = columns.filter(({ type }) => type === undefined).map(({ name, found }) => `${name} (${found})`)
  return { schema: Object.fromEntries(typed), ...(left.length === 0 ? {} : { left }) }
}

function textOf(described: Described): string {
  const { looked, left = [] } = described
  const notes = left.map(column => `// Left out, since no type of a column fits: ${column}`)
  return [`// ${looked}`, ...notes, codeOf(described)].join('\n')
}

function codeOf({ endpoint, schema, delimiter, partitionBy = [] }: Described): string {
  const columns = Object.entries(schema).map(([name, type]) => `    ${key(name)}: ${typeCode(type)},`)
  const dialect = delimiter === undefined ? [] : [`  delimiter: ${quoted(delimiter)},`]
  const hive = partitionBy.length === 0 ? [] : [`  partitionBy: [${partitionBy.map(quoted).join(', ')}],`]
  return [`${endpoint}, {`, ...dialect, '  schema: {', ...columns, '  },', ...hive, '})'].join('\n')
}

function key(name: string): string {
  // In an object that is written out, this name alone would be its prototype.
  if (name === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}
