/** Values of the schema's types as SQL. */
import type { Cell } from '../schema/cell.ts'
import { Decimal } from '../schema/decimal.ts'
import type { ColumnType } from '../schema/type.ts'
import { text } from './sql.ts'
import { sqlType } from './types.ts'

const cast = (sql: string, type: ColumnType): string => `CAST(${sql} AS ${sqlType(type)})`

/** SQL of a value, of the type, so that DuckDB never picks one. */
export function constant(value: Cell, type: ColumnType): string {
  if (value === null) return cast('NULL', type)
  switch (type.kind) {
    case 'bool':
      return value === true ? 'TRUE' : 'FALSE'
    case 'float64':
      return cast(text(Object.is(value, -0) ? '-0.0' : String(value)), type)
    case 'decimal':
      return cast(text(new Decimal(value as bigint, type.scale!).toString()), type)
    case 'int32':
    case 'int64':
      return cast(text(String(value)), type)
    case 'bytes':
      return `unhex('${Buffer.from(value as Uint8Array).toString('hex')}')`
    case 'date':
      return `(DATE '1970-01-01' + CAST('${value}' AS INTEGER))`
    case 'timestamp':
      return `make_timestamp(CAST('${value}' AS BIGINT))`
    case 'list':
      return cast(
        `[${(value as readonly Cell[]).map(cell => constant(cell, type.element!)).join(', ')}]`,
        type,
      )
    default:
      return text(value as string)
  }
}
