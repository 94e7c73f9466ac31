/** Our judgement of JSON as a function of SQL: DuckDB takes more for JSON than is. */
import type { Cell } from '../schema/cell.ts'
import { checkJson } from '../schema/json/check.ts'
import { type ColumnType, type Schema, t } from '../schema/type.ts'
import { IS_JSON } from './adapt.ts'
import type { Duckdb } from './duckdb.ts'

const hasJson = (type: ColumnType): boolean =>
  type.kind === 'json' || (type.element !== undefined && hasJson(type.element))

const definedIn = new WeakSet<Duckdb>()

/** Defines the function that says whether a text is JSON, where a schema has a json column. */
export function defineIsJson(db: Duckdb, schema: Schema): void {
  if (definedIn.has(db) || !Object.values(schema).some(hasJson)) return
  definedIn.add(db)
  const apply = (text: Cell): Cell => checkJson(text as string) === undefined
  const failed = () => undefined
  db.define({ name: IS_JSON, args: [t.string()], result: t.bool(), apply, failed })
}
