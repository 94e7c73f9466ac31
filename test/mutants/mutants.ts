// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is searched for is source text
/**
 * Faults to plant, one at a time. `find` stands exactly once in `file`; a test in CI keeps that true, so that a fault
 * cannot quietly stop being planted when its code changes.
 */
import { badRecords } from './bad-records.ts'
import { scans } from './scans.ts'

export interface Mutant {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** The unit tests that notice it, where the oracle cannot. */
  readonly tests?: readonly string[]
}

const incremental: readonly Mutant[] = [
  {
    name: 'window off by one: a row at the end of a window belongs to it',
    file: 'operator/window-time.ts',
    find: 'Math.floor((high * TWO_32 + (halves[2 * i + LOW]! >>> 0) + offset) / slide)',
    replace: 'Math.ceil((high * TWO_32 + (halves[2 * i + LOW]! >>> 0) + offset) / slide) - 1',
  },
  {
    name: 'event time of a window result is its end, not the instant before',
    file: 'operator/windowed-aggregate.ts',
    find: 'this.#timeOffset = eventTimeOffset(node.input)!',
    replace: 'this.#timeOffset = 0 * eventTimeOffset(node.input)!',
  },
  {
    name: 'watermark off by one: not behind the latest event time',
    file: 'operator/source.ts',
    find: 'latest - this.#outOfOrderness - 1n)',
    replace: 'latest - this.#outOfOrderness)',
  },
  {
    name: 'windows close one microsecond after they are due',
    file: 'operator/window-time.ts',
    find: 'watermark + 1n - BigInt(after)',
    replace: 'watermark - BigInt(after)',
  },
  {
    name: 'out-of-orderness ignored',
    file: 'operator/source.ts',
    find: 'this.#outOfOrderness = BigInt(node.outOfOrderness)',
    replace: 'this.#outOfOrderness = 0n * BigInt(node.outOfOrderness)',
  },
  {
    name: 'the greatest of two partitions’ watermarks counts',
    file: 'operator/source.ts',
    find: '(a < b ? a : b)',
    replace: '(a < b && b !== ENDED ? b : a < b ? a : b)',
  },
  {
    name: 'allowed lateness ignored',
    file: 'operator/windowed-aggregate.ts',
    find: 'const final = endedSlices(this.watermark, allowedLateness, slide)',
    replace: 'const final = endedSlices(this.watermark, 0 * allowedLateness, slide)',
  },
  {
    name: 'a late row is counted in its window as well',
    file: 'operator/windowed-aggregate.ts',
    find: 'else if (!Number.isNaN(slice)) timely.push(i)',
    replace: 'if (!Number.isNaN(slice)) timely.push(i)',
  },
  {
    name: 'late rows vanish',
    file: 'operator/windowed-aggregate.ts',
    find: 'await reader.push(frame.select(Int32Array.from(late)))',
    replace: 'await reader.push(frame.select(Int32Array.from(late).subarray(1)))',
  },
  {
    name: 'a refined watermark is passed on too early',
    file: 'operator/windowed-aggregate.ts',
    find: 'return watermark - BigInt(this.rule.allowedLateness)',
    replace: 'return watermark + BigInt(this.rule.size)',
  },
  {
    name: 'hopping pane missed: the last pane of a shared window',
    file: 'operator/shared-panes.ts',
    find: 'panes[end]!.slice < slice + span) end++',
    replace: 'panes[end]!.slice < slice + Math.max(1, span - 1)) end++',
  },
  {
    name: 'hopping pane missed: a row is not in its earliest window',
    file: 'operator/pane-per-window.ts',
    find: 'back < this.span; back++',
    replace: 'back < Math.max(1, this.span - 1); back++',
  },
  {
    name: 'a refined window is not emitted again',
    file: 'operator/pane-per-window.ts',
    find: 'slices[i]! + shift <= this.#closed',
    replace: 'slices[i]! + shift < this.#closed',
  },
  {
    name: 'lost retraction: the old row of a changed group stays',
    file: 'operator/changes.ts',
    find: '[rows(old, results, -1), rows(new_, after, 1)]',
    replace: '[rows(new_, after, 1)]',
  },
  {
    name: 'a group that has lost all rows does not disappear',
    file: 'operator/groups.ts',
    find: 'return this.#rows === undefined || this.#rows[slot]! > 0',
    replace: 'return this.#rows === undefined || this.#rows[slot]! >= 0',
  },
  {
    name: 'distinct ignores weights',
    file: 'operator/distinct.ts',
    find: 'before + (frame.weights?.[i] ?? 1)',
    replace: 'before + Math.sign(frame.weights?.[i] ?? 1)',
  },
  {
    name: 'distinct lets a repeat within one batch pass',
    file: 'operator/distinct.ts',
    find: 'if (numbers[i] !== next) continue\n      next++',
    replace: 'if (numbers[i]! < next) continue\n      if (i === frame.length - 1) next++',
  },
  {
    name: 'the rest of a read that a step has cut is dropped',
    file: 'engine.ts',
    find: '} while (from < read.batch.length)',
    replace: '} while (from < read.batch.length - 1)',
  },
  {
    name: 'emission at the end of a step lost for the last operator',
    file: 'graph.ts',
    find: 'for (const { operator } of this.#places) await operator.stepEnd()',
    replace: 'for (const { operator } of this.#places.slice(0, -1)) await operator.stepEnd()',
  },
  {
    name: 'a union drops all inputs but one',
    file: 'graph.ts',
    find: 'else input.operator.readBy(operator)',
    replace: "else if (node.kind !== 'union' || input === inputs[0]) input.operator.readBy(operator)",
  },
  {
    name: 'a filter takes null as true',
    file: 'kernel/logic.ts',
    find: 'values[i]! & valid[i]!\n    yes',
    replace: 'values[i]! | (1 - valid[i]!)\n    yes',
  },
  {
    name: 'null or true is null',
    file: 'kernel/logic.ts',
    find: 'valid[i] = (left & right) | values[i]!',
    replace: 'valid[i] = left & right',
  },
  {
    name: 'the branch that a case does not choose is computed',
    file: 'kernel/lazy.ts',
    find: 'if (yes.length > 0) pieces.push(pieceOf(args[at + 1]!, frame, within(rest, yes), type))',
    replace: 'pieces.push(pieceOf(args[at + 1]!, frame, within(rest, yes), type)), args[at + 1]!.run(frame)',
  },
  {
    name: 'null counts as a value',
    file: 'accumulator/count.ts',
    find: 'if (valid === undefined || valid[i] === 1) counts',
    replace: 'if (valid === undefined || valid[i]! < 2) counts',
  },
  {
    name: 'null is summed as whatever stands in its place',
    file: 'accumulator/exact-sum.ts',
    find: 'if (valid !== undefined && valid[i] === 0) continue',
    replace: 'if (valid !== undefined && valid[i] === 2) continue',
  },
  {
    name: 'a sum beyond 2^53 is rounded',
    file: 'accumulator/exact-sum.ts',
    find: 'high >= -SAFE_HIGH && total <= SAFE && total >= -SAFE',
    replace: 'high >= -SAFE_HIGH && total <= 2 * SAFE && total >= -2 * SAFE',
  },
  {
    name: 'overflow of a sum is not noticed',
    file: 'scalar/exact.ts',
    find: 'if (digits < least || digits > greatest) {',
    replace: "if (what !== 'sum' && (digits < least || digits > greatest)) {",
  },
  {
    name: 'the mean of integers is cut to an integer',
    file: 'accumulator/sum.ts',
    find: 'values[i] = doubleOf(this.#totals.total(slot), this.#argument.type) / this.#counts[slot]!',
    replace:
      'values[i] = Math.trunc(doubleOf(this.#totals.total(slot), this.#argument.type) / this.#counts[slot]!)',
  },
  {
    name: 'min and max ignore what is taken away',
    file: 'accumulator/extreme.ts',
    find: '.change(cellKey(cell), cell, frame.weights?.[i] ?? 1)',
    replace: '.change(cellKey(cell), cell, Math.abs(frame.weights?.[i] ?? 1))',
  },
  {
    name: 'first and last swapped',
    file: 'accumulator/ordered.ts',
    find: '{ first: [1, 1], last: [-1, -1]',
    replace: '{ last: [1, 1], first: [-1, -1]',
  },
  {
    name: 'wrong tie-break of argMax',
    file: 'accumulator/ordered.ts',
    find: 'argMax: [-1, 1] }',
    replace: 'argMax: [-1, -1] }',
  },
].map(mutant => ({ ...mutant, file: `src/engine/incremental/${mutant.file}` }))

const state: readonly Mutant[] = [
  {
    name: 'wrong hash equality: the last word of a key is not compared',
    file: 'word-table.ts',
    find: 'for (let w = 0; w < this.width; w++) if (this.#words[from + w] !== words[at + w]) return false',
    replace:
      'for (let w = 0; w < this.width - 1; w++) if (this.#words[from + w] !== words[at + w]) return false',
  },
  {
    name: 'dictionary codes compared across dictionaries',
    file: 'text-ids.ts',
    find: 'id = this.idOf(dictionary[code]!)',
    replace: 'id = code + 1\n        this.#entries[id] ??= dictionary[code]!',
  },
  {
    name: 'a null key is the empty text',
    file: 'text-ids.ts',
    find: 'words[at] = NULL_ID',
    replace: "words[at] = this.idOf('')",
  },
].map(mutant => ({ ...mutant, file: `src/state/${mutant.file}` }))

const duckdb: readonly Mutant[] = [
  {
    name: 'duckdb: windows before 1970 are rounded toward zero',
    file: 'relation.ts',
    find: '-MIN_INSTANT / BigInt(slide) + 1n',
    replace: '0n * BigInt(slide)',
  },
  {
    name: 'duckdb: event time of a window result is its end',
    file: 'relation.ts',
    find: ' + BigInt(eventTimeOffset(node.input)!)',
    replace: ' + BigInt(eventTimeOffset(node.input)! && 0)',
  },
  {
    name: 'rows without a time are in a window without a time',
    file: 'relation.ts',
    find: '` WHERE ${column} IS NOT NULL`',
    replace: '` WHERE TRUE`',
  },
  {
    name: 'one hopping window of each row is missed',
    file: 'relation.ts',
    find: 'range(${count}) AS r(i)',
    replace: 'range(${count - 1}) AS r(i)',
  },
  {
    name: 'a union drops repeats',
    file: 'relation.ts',
    find: "' UNION ALL '",
    replace: "' UNION '",
  },
  {
    name: 'null joins null',
    file: 'relation.ts',
    find: '`${left(a)} = ${right(b)}`',
    replace: '`${left(a)} IS NOT DISTINCT FROM ${right(b)}`',
  },
  {
    name: 'the key of a row that is only on the right is null',
    file: 'relation.ts',
    find: '`coalesce(${left(column)}, ${right(other!)})`',
    replace: '`${other && left(column)}`',
  },
  {
    name: 'nulls come first in descending order',
    file: 'relation.ts',
    find: "${descending ? 'DESC' : 'ASC'} NULLS LAST`",
    replace: "${descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST'}`",
  },
  {
    name: 'ties of an order are broken backwards',
    file: 'relation.ts',
    find: '`${columnAt(place)} ASC NULLS LAST`)',
    replace: '`${columnAt(place)} DESC NULLS LAST`)',
  },
  {
    name: 'duckdb: null counts in a mean',
    file: 'aggregate.ts',
    find: 'AS VARCHAR) AS DOUBLE) / count(${value}))`',
    replace: 'AS VARCHAR) AS DOUBLE) / count(*))`',
  },
  {
    name: 'duckdb: overflow of a sum wraps',
    file: 'aggregate.ts',
    find: "CAST('${MAX_INT64}' AS HUGEINT)`",
    replace: "CAST('${MAX_INT64}' AS HUGEINT) * 2`",
  },
  {
    name: 'duckdb: last is the first in backward order of time only',
    file: 'aggregate.ts',
    find: "last: ordered('DESC NULLS FIRST')",
    replace: "last: ordered('ASC NULLS LAST')",
  },
  {
    name: 'duckdb: a weight is a mark, not a number of rows',
    file: 'source.ts',
    find: 'unnest(range(${WEIGHT}))',
    replace: 'unnest(range(sign(${WEIGHT})))',
  },
].map(mutant => ({ ...mutant, file: `src/engine/duckdb/${mutant.file}` }))

export const mutants: readonly Mutant[] = [...incremental, ...state, ...duckdb, ...badRecords, ...scans]
