/** Per-step emission: what groups were before a step first touched them, and what they are at its end. */
import { cellAt, compareCells } from '../../../schema/cell.ts'
import type { Column } from '../../../schema/column.ts'
import { takeColumn } from '../../../schema/take.ts'
import { Frame } from '../kernel/frame.ts'
import { halvesOf } from '../kernel/vector.ts'
import type { Groups } from './groups.ts'

const UNTOUCHED = 0
const TOUCHED = 1

/** Some groups and their rows as they were. */
interface Before {
  readonly slots: Int32Array
  readonly results: readonly Column[]
}

export class Changes {
  readonly #groups: Groups
  /** The columns of a group's row that do not change: keys, and the window. */
  readonly #identity: (slots: Int32Array) => Column[]
  #marks = new Uint8Array(0)
  #created: number[] = []
  #before: Before[] = []

  constructor(groups: Groups, identity: (slots: Int32Array) => Column[]) {
    this.#groups = groups
    this.#identity = identity
  }

  get any(): boolean {
    return this.#created.length > 0 || this.#before.length > 0
  }

  /** To be called before rows are added to these slots: remembers the rows of those not yet touched in this step. */
  touch(slots: Int32Array): void {
    const changing: number[] = []
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      if (slot < this.#marks.length && this.#marks[slot] === TOUCHED) continue
      this.#mark(slot)
      if (this.#groups.alive(slot)) changing.push(slot)
      else this.#created.push(slot)
    }
    if (changing.length === 0) return
    const touched = Int32Array.from(changing)
    this.#before.push({ slots: touched, results: this.#groups.resultColumns(touched) })
  }

  #mark(slot: number): void {
    if (slot >= this.#marks.length) {
      const marks = new Uint8Array(2 * slot + 64)
      marks.set(this.#marks)
      this.#marks = marks
    }
    this.#marks[slot] = TOUCHED
  }

  /** The changes since the last call, old rows before new ones; and the groups that have come to nothing. */
  take(): { frames: Frame[]; dead: number[] } {
    const frames = this.#before.flatMap(before => this.#changed(before))
    const created = this.#created.filter(slot => this.#groups.alive(slot))
    if (created.length > 0) frames.push(this.#rows(Int32Array.from(created), 1))
    const touched = [...this.#created, ...this.#before.flatMap(({ slots }) => [...slots])]
    for (const slot of touched) this.#marks[slot] = UNTOUCHED
    this.#created = []
    this.#before = []
    return { frames, dead: touched.filter(slot => this.#groups.balanced(slot)) }
  }

  #changed({ slots, results }: Before): Frame[] {
    const after = this.#groups.resultColumns(slots)
    const old: number[] = []
    const new_: number[] = []
    const same = sameRows(results, after, slots.length)
    for (let i = 0; i < slots.length; i++) {
      const alive = this.#groups.alive(slots[i]!)
      if (same[i] === 1 && alive) continue
      old.push(i)
      if (alive) new_.push(i)
    }
    const identity = this.#identity(slots)
    const rows = (chosen: number[], columns: readonly Column[], weight: number): Frame => {
      const taken = Int32Array.from(chosen)
      return weighted(
        [...identity, ...columns].map(column => takeColumn(column, taken)),
        taken.length,
        weight,
      )
    }
    return [rows(old, results, -1), rows(new_, after, 1)].filter(frame => frame.length > 0)
  }

  #rows(slots: Int32Array, weight: number): Frame {
    return weighted([...this.#identity(slots), ...this.#groups.resultColumns(slots)], slots.length, weight)
  }
}

const weighted = (columns: Column[], length: number, weight: number): Frame =>
  new Frame(length, columns, new Int32Array(length).fill(weight))

/** 1 where all columns are equal; nulls are equal to each other. */
export function sameRows(a: readonly Column[], b: readonly Column[], n: number): Uint8Array {
  const same = new Uint8Array(n).fill(1)
  a.forEach((column, c) => {
    const other = b[c]!
    const equal = equality(column, other)
    for (let i = 0; i < n; i++) {
      const [left, right] = [column.valid?.[i] !== 0, other.valid?.[i] !== 0]
      if (left !== right || (left && !equal(i))) same[i] = 0
    }
  })
  return same
}

function equality(a: Column, b: Column): (row: number) => boolean {
  if (a.form === 'int64' && b.form === 'int64') {
    const [x, y] = [halvesOf(a.values), halvesOf(b.values)]
    return row => x[2 * row] === y[2 * row] && x[2 * row + 1] === y[2 * row + 1]
  }
  if (a.form === 'float' && b.form === 'float') return row => a.values[row] === b.values[row]
  return row => compareCells(cellAt(a, row), cellAt(b, row)) === 0
}
