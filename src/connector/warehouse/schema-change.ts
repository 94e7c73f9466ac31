/** A table against the dataset that goes there: whether it fits, and what may be changed so that it does. */
import {
  isView,
  type StoredColumn,
  storedColumns,
  type TableName,
  tableSql,
  tableText,
} from '../../duckdb/catalogue.ts'
import type { Duckdb } from '../../duckdb/duckdb.ts'
import { foundText } from '../../duckdb/found.ts'
import { name } from '../../duckdb/sql.ts'
import { storedType } from '../../duckdb/types.ts'
import { HeadraceError } from '../../errors.ts'
import { type ColumnType, type Schema, typeText } from '../../schema/type.ts'

/** What happens where a table differs from the dataset: it is refused, or the table is widened. */
export type OnSchemaChange = 'evolve' | 'freeze'

/** A table as it will be. */
export interface FittedTable {
  /** All its columns, in its order. */
  readonly columns: readonly StoredColumn[]
  /** Statements that make it so; none where it is so. */
  readonly changes: readonly string[]
  /** For each column of the dataset, in its order, the column that takes it. */
  readonly targets: readonly StoredColumn[]
}

/**
 * Looks at a table. Throws SCHEMA_MISMATCH naming table, column, expected and found, WRITE_FAILED for a view,
 * NOT_EXPRESSIBLE for names that DuckDB does not tell apart.
 */
export async function fitTable(
  db: Duckdb,
  table: TableName,
  schema: Schema,
  onSchemaChange: OnSchemaChange,
): Promise<FittedTable> {
  const names = checkedNames(table, schema)
  const found = await storedColumns(db, table)
  if (found === undefined) {
    const columns = names.map(column => newColumn(column, schema[column]!))
    return { columns, changes: [createSql(table, columns)], targets: columns }
  }
  if (await isView(db, table)) {
    throw new HeadraceError(
      'WRITE_FAILED',
      `Cannot write ${tableText(table)}: it is a view of the warehouse. Write to a table of another name.`,
    )
  }
  return new Fitting(table, found, schema, onSchemaChange).fitted()
}

/** A statement that creates a table, in place of one that is there if `replace`. */
export function createSql(table: TableName, columns: readonly StoredColumn[], replace = false): string {
  const definitions = columns.map(
    column => `${name(column.name)} ${column.found}${column.nullable ? '' : ' NOT NULL'}`,
  )
  return `CREATE ${replace ? 'OR REPLACE ' : ''}TABLE ${tableSql(table)} (${definitions.join(', ')})`
}

function newColumn(column: string, type: ColumnType): StoredColumn {
  return { name: column, found: storedType(type), nullable: type.nullable }
}

function checkedNames(table: TableName, schema: Schema): string[] {
  const seen = new Map<string, string>()
  for (const column of Object.keys(schema)) {
    const other = seen.get(column.toLowerCase())
    if (column === '' || column.includes('\0') || other !== undefined) {
      const why =
        other === undefined
          ? `a column's name is ${JSON.stringify(column)}, and a table needs one of at least one character, without U+0000`
          : `the columns '${other}' and '${column}' differ in case only, which a table cannot tell apart`
      throw new HeadraceError('NOT_EXPRESSIBLE', `Writing ${tableText(table)}: ${why}. Rename the column.`)
    }
    seen.set(column.toLowerCase(), column)
  }
  return [...seen.values()]
}

class Fitting {
  readonly #table: TableName
  readonly #found: readonly StoredColumn[]
  readonly #schema: Schema
  readonly #evolves: boolean
  readonly #columns: StoredColumn[]
  readonly #changes: string[] = []

  constructor(
    table: TableName,
    found: readonly StoredColumn[],
    schema: Schema,
    onSchemaChange: OnSchemaChange,
  ) {
    this.#table = table
    this.#found = found
    this.#schema = schema
    this.#evolves = onSchemaChange === 'evolve'
    this.#columns = [...found]
  }

  fitted(): FittedTable {
    const targets = Object.entries(this.#schema).map(([column, type]) => this.#target(column, type))
    const extra = this.#columns.find(
      column => !targets.includes(column) && !(this.#evolves && column.nullable),
    )
    if (extra !== undefined) throw this.#leftOut(extra)
    return { columns: this.#columns, changes: this.#changes, targets }
  }

  #target(column: string, type: ColumnType): StoredColumn {
    const at = this.#columns.findIndex(({ name: other }) => other.toLowerCase() === column.toLowerCase())
    const found = this.#columns[at]
    if (found === undefined) return this.#added(column, type)
    const wanted = this.#widened(found, type)
    if (wanted === undefined) throw this.#other(column, type, found)
    this.#columns[at] = wanted
    return wanted
  }

  #added(column: string, type: ColumnType): StoredColumn {
    if (!this.#evolves) {
      throw this.#mismatch(
        `the dataset has a column '${column}' (${typeText(type)}), and the table has none of that name`,
      )
    }
    // Rows that are there already have no value.
    const added = { ...newColumn(column, type), nullable: true }
    this.#alter(`ADD COLUMN ${name(column)} ${added.found}`)
    this.#columns.push(added)
    return added
  }

  /** The column with room for the type; undefined where it may not be given any. */
  #widened(found: StoredColumn, type: ColumnType): StoredColumn | undefined {
    let column = found
    if (!holds(found.found, type)) {
      const wider = this.#evolves ? widerType(found.found, type) : undefined
      if (wider === undefined) return undefined
      if (wider !== found.found) this.#alter(`ALTER COLUMN ${name(found.name)} TYPE ${wider}`)
      column = { ...column, found: wider }
    }
    if (type.nullable && !found.nullable) {
      if (!this.#evolves) return undefined
      this.#alter(`ALTER COLUMN ${name(found.name)} DROP NOT NULL`)
      column = { ...column, nullable: true }
    }
    return column
  }

  #alter(change: string): void {
    this.#changes.push(`ALTER TABLE ${tableSql(this.#table)} ${change}`)
  }

  #other(column: string, type: ColumnType, found: StoredColumn): HeadraceError {
    return this.#mismatch(
      `column '${column}' is ${typeText(type)} in the dataset, and ${columnText(found)} in the table`,
    )
  }

  #leftOut(column: StoredColumn): HeadraceError {
    return this.#mismatch(
      `the table has a column '${column.name}', ${columnText(column)}, and the dataset has none of that name`,
    )
  }

  #mismatch(why: string): HeadraceError {
    const wayOut = this.#couldEvolve()
      ? "Change the plan or the table, or let the table follow: onSchemaChange: 'evolve'."
      : 'Columns are added and widened, never dropped or narrowed: cast in the plan, change the table by hand, or write to another one.'
    return new HeadraceError('SCHEMA_MISMATCH', `Writing ${tableText(this.#table)}: ${why}. ${wayOut}`)
  }

  /** Whether a table that is refused now would follow if it were allowed to. */
  #couldEvolve(): boolean {
    if (this.#evolves) return false
    try {
      new Fitting(this.#table, this.#found, this.#schema, 'evolve').fitted()
      return true
    } catch (error) {
      if (!(error instanceof HeadraceError)) throw error
      return false
    }
  }
}

function columnText({ found, nullable }: StoredColumn): string {
  return `${foundText(found)}${nullable ? ', nullable' : ''}`
}

/** Whether a table's column of the DuckDB type `found` holds the values of a type, and no others. */
function holds(found: string, type: ColumnType): boolean {
  if (found === storedType(type)) return true
  switch (type.kind) {
    case 'uuid':
    case 'json':
      return found === 'VARCHAR'
    case 'timestamp':
      return found === 'TIMESTAMP WITH TIME ZONE'
    default:
      return false
  }
}

interface Digits {
  readonly whole: number
  readonly scale: number
}

function decimalDigits(found: string): Digits | undefined {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(found) ?? []
  return precision === undefined
    ? undefined
    : { whole: Number(precision) - Number(scale), scale: Number(scale) }
}

/** The narrowest type with room for what is there and what comes: between int32 and int64, and among decimals. */
function widerType(found: string, type: ColumnType): string | undefined {
  const wanted = storedType(type)
  const integers = ['INTEGER', 'BIGINT']
  if (integers.includes(found) && integers.includes(wanted)) return 'BIGINT'
  const [a, b] = [decimalDigits(found), decimalDigits(wanted)]
  if (a === undefined || b === undefined) return undefined
  const scale = Math.max(a.scale, b.scale)
  const precision = Math.max(a.whole, b.whole) + scale
  return precision > 38 ? undefined : `DECIMAL(${precision},${scale})`
}
