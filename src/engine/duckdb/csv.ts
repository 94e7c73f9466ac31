/** CSV files as SQL: DuckDB reads them with the types of the schema. */
import { constant } from '../../duckdb/constant.ts'
import { pathList, text } from '../../duckdb/sql.ts'
import { sqlType } from '../../duckdb/types.ts'
import { type Dialect, dialectOf } from '../../schema/csv/dialect.ts'
import { hasPlain } from '../../schema/csv/plain.ts'
import { canBePlain } from '../../schema/csv/plain-check.ts'
import type { Schema } from '../../schema/type.ts'
import type { CsvScan, ScannedFile } from '../../seam/source.ts'
import { CsvProof } from './csv-proof.ts'
import { columnAt } from './expression.ts'

/** Files whose beginning is plain, as SQL with the columns c0, c1, …, and what has still to be proved of them. */
export interface BegunScan {
  readonly from: string
  readonly proofs: readonly CsvProof[]
}

/**
 * Begins to read files. Undefined where DuckDB cannot read them as our codec does, as far as their first pieces show.
 *
 * DuckDB takes more texts for values than our codec (` 1`, `1e3`, `0x10`, `1.5` as an integer, `24:00:00`), gives others
 * another value (it leaves out the offset of a time), and rounds. So what it has read counts only if `proofs` hold.
 */
export async function beginCsv(scan: CsvScan, schema: Schema): Promise<BegunScan | undefined> {
  const dialect = dialectOf(scan.dialect)
  if (!hasPlain(dialect) || scan.files.length === 0) return undefined
  if (scan.files.some(({ path }) => PROMISES_ARCHIVE.test(path))) return undefined
  const proofs: CsvProof[] = []
  const relations: { readonly sql: (paths: string[]) => string; readonly paths: string[] }[] = []
  for (const file of scan.files) {
    const held = heldBy(file, schema)
    const hasNull = Object.entries(file.constants ?? {}).some(
      ([column, cell]) => cell === null && !schema[column]?.nullable,
    )
    const proof = canBePlain(held) && !hasNull ? await CsvProof.begin(file.path, held, dialect) : undefined
    if (proof === undefined) return undefined
    proofs.push(proof)
    const sql = relation(file, proof.names, schema, dialect)
    const last = relations.at(-1)
    if (last?.sql([]) === sql([])) last.paths.push(file.path)
    else relations.push({ sql, paths: [file.path] })
  }
  return { from: `(${relations.map(({ sql, paths }) => sql(paths)).join(' UNION ALL ')})`, proofs }
}

/** `read` holds a file to such a name: plain text under it is no archive, and an error. */
const PROMISES_ARCHIVE = /\.(gz|zstd?)$/i

/** The columns that are in a file and not in its place. */
function heldBy({ constants = {} }: ScannedFile, schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([column]) => !Object.hasOwn(constants, column)))
}

/** Files with these columns as a SELECT. */
function relation(
  { constants = {} }: ScannedFile,
  names: readonly string[],
  schema: Schema,
  { delimiter, header }: Dialect,
): (paths: readonly string[]) => string {
  const columns = Object.entries(schema).map(([column, type], place) => {
    const value = Object.hasOwn(constants, column)
      ? constant(constants[column]!, type)
      : `f${names.indexOf(column)}`
    return `${value} AS ${columnAt(place)}`
  })
  const types = names.map(
    (name, i) => `f${i}: ${text(Object.hasOwn(schema, name) ? sqlType(schema[name]!) : 'VARCHAR')}`,
  )
  const options = [
    `columns = {${types.join(', ')}}`,
    'auto_detect = FALSE',
    'header = FALSE',
    `skip = ${header ? 1 : 0}`,
    `delim = ${text(String.fromCharCode(delimiter))}`,
    // A plain file has no quotes, and DuckDB none of CR LF: told of them, 1.5.6 finds no rows.
    `quote = '"', escape = '"', new_line = '\\n'`,
    `nullstr = '', compression = 'none', hive_partitioning = FALSE`,
  ]
  return paths => `SELECT ${columns.join(', ')} FROM read_csv(${pathList(paths)}, ${options.join(', ')})`
}
