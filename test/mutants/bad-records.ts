/** Faults in what becomes of bad records, and of rows that functions refuse. */
import type { Mutant } from './mutants.ts'

export const badRecords: readonly Mutant[] = [
  {
    name: 'a bad record does not count as read',
    file: 'src/engine/incremental/engine.ts',
    find: 'this.#count(rejected.length)',
    replace: 'this.#count(rejected.length - 1)',
  },
  {
    name: 'of the bad records of a read only the first is told',
    file: 'src/engine/incremental/engine.ts',
    find: 'rejected.map(record => ({ node: source.node, record }))',
    replace: 'rejected.slice(0, 1).map(record => ({ node: source.node, record }))',
  },
  {
    name: 'a source counts its bad records by reads',
    file: 'src/engine/incremental/operator/source.ts',
    find: 'this.#rejected += records',
    replace: 'this.#rejected += Math.min(1, records)',
  },
  {
    name: 'the rows that a flatMap made before it threw stay',
    file: 'src/engine/opaque.ts',
    find: 'this.#out.length = before',
    replace: 'this.#out.length = Math.max(before, this.#out.length)',
  },
  {
    name: 'a row that is taken away is rejected as if it were added',
    file: 'src/engine/opaque.ts',
    find: 'const weight = batch.weights?.[i] ?? 1',
    replace: 'const weight = Math.abs(batch.weights?.[i] ?? 1)',
  },
  {
    name: 'a function that refuses a row ends the frame',
    file: 'src/engine/opaque.ts',
    find: 'rejected.push(this.#rejection(batch, i, error))',
    replace: 'rejected.push(this.#rejection(batch, i, error)); if (i > 1) break',
  },
  {
    name: 'duckdb: a single bad record of a read is not told',
    file: 'src/engine/duckdb/source.ts',
    find: 'if (rejected.length > 0) await reject(',
    replace: 'if (rejected.length > 1) await reject(',
  },
  {
    name: 'duckdb: a bad record does not count as read',
    file: 'src/engine/duckdb/run.ts',
    find: 'this.rowsRead += rows + rejected',
    replace: 'this.rowsRead += rows + 0 * rejected',
  },
  {
    name: 'duckdb: a row that a function refuses is not told',
    file: 'src/engine/duckdb/run.ts',
    find: 'if (made.rejected.length > 0) await',
    replace: 'if (made.rejected.length > 1) await',
  },
  {
    name: 'the budget is off by one',
    file: 'src/pipeline/bad-records.ts',
    find: 'if (this.#total <= most',
    replace: 'if (this.#total <= 1 + most',
  },
  {
    name: 'a share is judged at the end only',
    file: 'src/pipeline/bad-records.ts',
    find: 'rowsRead >= SHARE_RECORDS',
    replace: 'rowsRead < 0 * SHARE_RECORDS',
  },
  {
    name: 'a dead letter is dropped',
    file: 'src/pipeline/dead-letters.ts',
    find: 'for (const rejection of rejections) {',
    replace: 'for (const rejection of rejections.slice(0, Math.max(1, rejections.length - 1))) {',
  },
  {
    name: 'a run that fails replaces the letters of the run before',
    file: 'src/pipeline/dead-letters.ts',
    find: 'const kept = await openPending(failed)',
    replace: "const kept = await openPending(failed.replace('.failed', ''))",
  },
  {
    name: 'rows of a flatMap are taken for source records',
    file: 'src/pipeline/fate.ts',
    find: "!(node.kind === 'map' && node.each === 'map')",
    replace: "node.kind !== 'map'",
  },
  {
    name: 'rejected rows of what changes are taken for source records',
    file: 'src/pipeline/fate.ts',
    find: "mode !== 'append')) return false",
    replace: "mode === 'upsert')) return false",
  },
]
