/** Our judgement of JSON as a function of SQL: DuckDB takes more for JSON than is. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Cell } from '../schema/cell.ts'
import { checkJson } from '../schema/json/check.ts'
import { t } from '../schema/type.ts'
import { IS_JSON } from './adapt.ts'
import { define } from './function.ts'

/**
 * Defines the function that says whether a text is JSON. An instance does it once, when it is opened: of two connections that
 * define one function at a time DuckDB refuses one, and a transaction does not see what is defined after it has begun.
 */
export function defineIsJson(connection: DuckDBConnection): void {
  const apply = (text: Cell): Cell => checkJson(text as string) === undefined
  const failed = () => undefined
  define(connection, { name: IS_JSON, args: [t.string()], result: t.bool(), apply, failed })
}
