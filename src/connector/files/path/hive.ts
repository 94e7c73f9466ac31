/** Hive partitions: folders such as `date=2024-01-01/region=eu`, whose names are values of columns. */
import { HeadraceError } from '../../../errors.ts'
import { nearest } from '../../../plan/nearest.ts'
import { type Cell, isComparable } from '../../../schema/cell.ts'
import { Refusal, refusalText, shorten } from '../../../schema/refusal.ts'
import { cellOfText, textOfCell } from '../../../schema/text/value-text.ts'
import { type ColumnType, type Schema, typeText } from '../../../schema/type.ts'

/** What stands for null. A text that is the same has its first character escaped. */
const NULL_VALUE = '__HIVE_DEFAULT_PARTITION__'

/** The columns that Hive's `partitionBy` names, checked. Throws UNKNOWN_COLUMN, DUPLICATE_COLUMN, TYPE_MISMATCH, INVALID_ARGUMENT. */
export function checkPartitionBy(what: string, schema: Schema, names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    const type = Object.hasOwn(schema, name) ? schema[name]! : undefined
    if (type === undefined) {
      const known = Object.keys(schema)
      throw new HeadraceError(
        'UNKNOWN_COLUMN',
        `${what}: partitionBy names '${name}', and there is no such column${nearest(name, known)} Columns: ${known.join(', ')}.`,
      )
    }
    if (names.indexOf(name) < i) {
      throw new HeadraceError('DUPLICATE_COLUMN', `${what}: partitionBy names '${name}' twice.`)
    }
    if (isComparable(type)) continue
    throw new HeadraceError(
      'TYPE_MISMATCH',
      `${what}: partitionBy names '${name}', and a ${typeText(type)} cannot be the name of a folder.`,
    )
  }
  if (names.length < Object.keys(schema).length) return
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what}: partitionBy names every column, which leaves nothing for the files to hold.`,
  )
}

/** The columns that the files themselves hold: the values of the others are in the names of folders. */
export function schemaInFiles(schema: Schema, partitionBy: readonly string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !partitionBy.includes(name)))
}

/** `column=value` for each column, in their order, between slashes. */
export function hiveFolder(
  columns: readonly string[],
  types: readonly ColumnType[],
  cells: readonly Cell[],
): string {
  return columns.map((name, i) => `${escaped(name)}=${textOf(types[i]!, cells[i]!)}`).join('/')
}

function textOf(type: ColumnType, cell: Cell): string {
  if (cell === null) return NULL_VALUE
  const text = textOfCell(type, cell)
  return text === NULL_VALUE ? `%5F${text.slice(1)}` : escaped(text)
}

/** What Hive escapes, control characters and the characters of paths, patterns and URLs; by their two hexadecimal digits. */
function escaped(text: string): string {
  return text.replace(
    /[\u0000-\u001f"#%'*/:=?\\\u007f{}[\]^]/g,
    c => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/**
 * The values that the folders of a path say. Folders of other columns are passed over; of two folders of one column the last
 * counts. Throws SCHEMA_MISMATCH where a column has no folder, BAD_VALUE and the like where its value is none of its type.
 */
export function hiveCells(path: string, columns: readonly string[], schema: Schema): Record<string, Cell> {
  const values = rawValues(path)
  return Object.fromEntries(columns.map(name => [name, cellIn(path, name, schema[name]!, values.get(name))]))
}

/** The texts of the values that the folders of a path say, by column, in their order; null where it is none. */
export function hiveTexts(path: string): Map<string, string | null> {
  const texts = [...rawValues(path)].map(
    ([name, raw]) => [name, raw === NULL_VALUE ? null : unescaped(raw)] as const,
  )
  return new Map(texts)
}

function rawValues(path: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const folder of path.split('/').slice(0, -1)) {
    const equals = folder.indexOf('=')
    if (equals > 0) values.set(unescaped(folder.slice(0, equals)), folder.slice(equals + 1))
  }
  return values
}

function cellIn(path: string, name: string, type: ColumnType, raw: string | undefined): Cell {
  const where = `${path}, partition column '${name}'`
  if (raw === undefined) {
    throw new HeadraceError(
      'SCHEMA_MISMATCH',
      `${where}: expected a folder ${name}=…, found none in the path. Take the column out of partitionBy, or move the file.`,
    )
  }
  if (raw === NULL_VALUE) {
    if (type.nullable) return null
    throw new HeadraceError(
      'NULL_VALUE',
      `${where}: expected ${typeText(type)}, found ${raw}, which is null. Declare it t.nullable(…).`,
    )
  }
  const text = unescaped(raw)
  const cell = cellOfText(type, text)
  if (!(cell instanceof Refusal)) return cell
  throw new HeadraceError(cell.code, refusalText(where, type, shorten(text), cell.reason))
}

/** Percent signs that begin no escape stand for themselves. Escaped bytes are UTF-8; others escape more than we do. */
function unescaped(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, bytes => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
}
