/** How generated rows reach an engine: in which order, in reads of how many rows, through what kind of columns. */
import { type Batch, batchOfCells } from '../schema/batch.ts'
import type { Column } from '../schema/column.ts'
import type { Schema } from '../schema/type.ts'
import type { Input } from './generate/data.ts'
import type { Random } from './generate/random.ts'
import { pick, rowKey, type WeightedRow } from './relation.ts'

/** In which order rows come: by event time; displaced by no more than the declared out-of-orderness; by more. */
export type ArrivalOrder = 'in order' | 'shuffled' | 'late'

/**
 * Puts rows into an order of arrival. `in order` is the order that they have. Otherwise a row is displaced by less than
 * `outOfOrderness` µs (ten times that for `late`); a row is never taken away before it was added, and with a `key` the
 * rows of one key keep their order.
 */
export function arrange(input: Input, arrival: ArrivalOrder, random: Random): readonly WeightedRow[] {
  const { rows, schema } = input
  if (arrival === 'in order') return rows
  const eventTime = input.eventTime === undefined ? -1 : Object.keys(schema).indexOf(input.eventTime)
  if (eventTime < 0) return input.mode === 'append' ? random.shuffled(rows) : rows
  const reach = arrival === 'shuffled' ? input.outOfOrderness : input.outOfOrderness * 10 + 1
  const latest = rows.reduce<bigint>((max, row) => bigger(max, row.cells[eventTime]), 0n)
  const previous = new Map<string, number>()
  const due = rows.map((row, index) => {
    const time = (row.cells[eventTime] as bigint | null) ?? latest
    const at = Number(time) + random.next() * reach
    if (input.key === undefined) return { row, at, index }
    const key = rowKey(pick(schema, input.key, row.cells))
    const after = Math.max(at, previous.get(key) ?? at)
    previous.set(key, after)
    return { row, at: after, index }
  })
  due.sort((a, b) => a.at - b.at || a.index - b.index)
  return legal(due.map(({ row }) => row))
}

function bigger(a: bigint, b: unknown): bigint {
  return typeof b === 'bigint' && b > a ? b : a
}

/** Holds a taking away back until what it takes has been added; drops it where that never happens. */
export function legal(rows: readonly WeightedRow[]): WeightedRow[] {
  const present = new Map<string, number>()
  const held = new Map<string, WeightedRow[]>()
  const out: WeightedRow[] = []
  for (const row of rows) {
    const key = rowKey(row.cells)
    const total = (present.get(key) ?? 0) + row.weight
    if (total < 0) {
      held.set(key, [...(held.get(key) ?? []), row])
      continue
    }
    out.push(row)
    present.set(key, total)
    release(held.get(key) ?? [], key)
  }
  return out

  function release(waiting: WeightedRow[], key: string): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const left = present.get(key)! + next.weight
      if (left < 0) return
      waiting.shift()
      present.set(key, left)
      out.push(next)
    }
  }
}

export function toBatch(schema: Schema, rows: readonly WeightedRow[]): Batch {
  const weighted = rows.some(row => row.weight !== 1)
  return batchOfCells(
    schema,
    rows.map(row => row.cells),
    weighted ? rows.map(row => row.weight) : undefined,
  )
}

/**
 * The same batch in a form that the contract of columns allows but a careless engine does not expect: dictionaries with
 * unused and repeated entries, all-valid bitmaps, weights of one, and rubbish where a null stands.
 */
export function disguised(batch: Batch, random: Random): Batch {
  const columns = batch.columns.map(column => disguise(column, batch.length, random))
  const weights = batch.weights ?? (random.chance(0.3) ? new Int32Array(batch.length).fill(1) : undefined)
  return weights === undefined ? { ...batch, columns } : { ...batch, columns, weights }
}

function disguise(column: Column, length: number, random: Random): Column {
  const valid = column.valid ?? (random.chance(0.3) ? new Uint8Array(length).fill(1) : undefined)
  const nulls = valid === undefined ? {} : { valid }
  switch (column.form) {
    case 'text': {
      const { values, dictionary } = recoded(column.values, column.dictionary, 'unused', random)
      return { form: 'text', values, dictionary, ...nulls }
    }
    case 'binary': {
      const unused = new Uint8Array([255])
      const { values, dictionary } = recoded(column.values, column.dictionary, unused, random)
      return { form: 'binary', values, dictionary, ...nulls }
    }
    case 'int32':
      return { form: 'int32', values: column.values.map((v, i) => (valid?.[i] === 0 ? 7 : v)), ...nulls }
    case 'float':
      return { form: 'float', values: column.values.map((v, i) => (valid?.[i] === 0 ? 7 : v)), ...nulls }
    case 'int64':
      return { form: 'int64', values: column.values.map((v, i) => (valid?.[i] === 0 ? 7n : v)), ...nulls }
    case 'bits':
      return { form: 'bits', values: column.values.map((v, i) => (valid?.[i] === 0 ? 1 : v)), ...nulls }
    default:
      return { ...column, ...nulls }
  }
}

/** Codes into a dictionary that begins with an unused entry and holds every other entry twice, used by turns. */
function recoded<T>(
  values: Int32Array,
  dictionary: readonly T[],
  unused: T,
  random: Random,
): { values: Int32Array; dictionary: T[] } {
  const n = dictionary.length
  const second = random.int(0, 1)
  const codes = values.map((code, row) =>
    code < 0 ? random.int(-1, 0) : 1 + code + (row % 2 === second ? n : 0),
  )
  return { values: codes, dictionary: [unused, ...dictionary, ...dictionary] }
}
