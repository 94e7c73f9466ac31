/** Logical types as DuckDB types, in one place. */
import './binding.ts'
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBType,
  INTEGER,
  LIST,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api'
import type { ColumnType } from '../schema/type.ts'

/**
 * The DuckDB type in which a column is computed. Text-like kinds are all VARCHAR: the order, equality and length of an enum
 * or a uuid are those of its text, and DuckDB rebuilds an ENUM's dictionary for every 2048 rows that are read.
 */
export function duckdbType(type: ColumnType): DuckDBType {
  switch (type.kind) {
    case 'bool':
      return BOOLEAN
    case 'int32':
      return INTEGER
    case 'int64':
      return BIGINT
    case 'float64':
      return DOUBLE
    case 'decimal':
      return DECIMAL(type.precision!, type.scale!)
    case 'string':
    case 'uuid':
    case 'enum':
    case 'json':
      return VARCHAR
    case 'bytes':
      return BLOB
    case 'date':
      return DATE
    case 'timestamp':
      return TIMESTAMP
    case 'list':
      return LIST(duckdbType(type.element!))
  }
}

/** The same type as SQL text: `DECIMAL(12,2)`, `VARCHAR[]`. */
export function sqlType(type: ColumnType): string {
  return duckdbType(type).toString()
}

/**
 * The type in which a table of the warehouse holds a column. Values are those of `sqlType`; a uuid and JSON are marked as
 * such for those who look at the table. The values of an enum belong to the program, so that a new one changes no table.
 */
export function storedType(type: ColumnType): string {
  switch (type.kind) {
    case 'uuid':
      return 'UUID'
    case 'json':
      return 'JSON'
    case 'list':
      return `${storedType(type.element!)}[]`
    default:
      return sqlType(type)
  }
}

/** Bytes a value of a fixed-width type takes in a DuckDB vector. Decimals are as narrow as their digits allow. */
export function widthOf(type: ColumnType): number {
  switch (type.kind) {
    case 'bool':
      return 1
    case 'int32':
    case 'date':
      return 4
    case 'decimal':
      return type.precision! <= 4 ? 2 : type.precision! <= 9 ? 4 : type.precision! <= 18 ? 8 : 16
    case 'int64':
    case 'float64':
    case 'timestamp':
      return 8
    default:
      return 16
  }
}
