/** Faults in what proves that DuckDB reads what our codec would: the oracle's rows have no dirt, so unit tests find them. */
import type { Mutant } from './mutants.ts'

const CSV = ['src/schema/csv/plain-check.test.ts', 'src/engine/duckdb/csv.test.ts']

export const scans: readonly Mutant[] = [
  {
    name: 'csv: an hour 24 is plain',
    file: 'src/schema/csv/plain-check.ts',
    find: 'two(bytes, clock) > 23',
    replace: 'two(bytes, clock) > 24',
    tests: CSV,
  },
  {
    name: 'csv: digits beyond the scale are plain, and DuckDB rounds them',
    file: 'src/schema/csv/plain-check.ts',
    find: 'end === point || end - point > scale',
    replace: 'end === point || end - point > scale + 1',
    tests: CSV,
  },
  {
    name: 'csv: a number may go on behind its digits',
    file: 'src/schema/csv/plain-check.ts',
    find: 'pos === NOT_PLAIN || bytes[pos] !== delimiter',
    replace: 'pos === NOT_PLAIN',
    tests: CSV,
  },
  {
    name: 'csv: nobody waits for the proof',
    file: 'src/engine/duckdb/proofs.ts',
    find: 'if (count === undefined) throw doubt(node)',
    replace: 'if (count === undefined) continue',
    tests: CSV,
  },
  {
    name: 'csv: only the first piece of a file is checked',
    file: 'src/engine/duckdb/csv-proof.ts',
    find: 'while (this.#position < size) {',
    replace: 'while (this.#position < 0) {',
    tests: CSV,
  },
  {
    name: 'csv: the fast decoder takes an empty field of any column for null',
    file: 'src/schema/csv/plain.ts',
    find: 'if (!field.type.nullable) return NOT_PLAIN',
    replace: 'if (field.type.kind === undefined) return NOT_PLAIN',
    tests: ['src/schema/csv/plain.test.ts'],
  },
  {
    name: 'parquet: rows at fault are read around',
    file: 'src/engine/duckdb/source.ts',
    find: '!(await hasRows(db, scan.faults, node, signal))',
    replace: 'true',
    tests: ['src/engine/duckdb/parquet.test.ts'],
  },
]
