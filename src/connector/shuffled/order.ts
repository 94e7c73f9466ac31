/** Sorting rows by a number: a stable merge sort of indices, several times faster than a comparator called for each pair. */

/** Runs of this many rows are sorted by insertion before they are merged. */
const RUN = 16

/** The indices `rows`, which are in ascending order, sorted by `keys[row]`; equal keys keep the order of their rows. */
export function orderBy(keys: Float64Array, rows: Int32Array): Int32Array {
  for (let from = 0; from < rows.length; from += RUN)
    insertionSort(keys, rows, from, Math.min(from + RUN, rows.length))
  let sorted = rows
  let spare: Int32Array = new Int32Array(rows.length)
  for (let width = RUN; width < rows.length; width *= 2) {
    for (let from = 0; from < rows.length; from += 2 * width) {
      const middle = Math.min(from + width, rows.length)
      merge(keys, sorted, spare, from, middle, Math.min(middle + width, rows.length))
    }
    ;[sorted, spare] = [spare, sorted]
  }
  return sorted
}

function insertionSort(keys: Float64Array, rows: Int32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const row = rows[i]!
    const key = keys[row]!
    let at = i
    for (; at > from && keys[rows[at - 1]!]! > key; at--) rows[at] = rows[at - 1]!
    rows[at] = row
  }
}

function merge(
  keys: Float64Array,
  rows: Int32Array,
  into: Int32Array,
  from: number,
  middle: number,
  to: number,
): void {
  let left = from
  let right = middle
  for (let at = from; at < to; at++) {
    const takeLeft = right >= to || (left < middle && keys[rows[left]!]! <= keys[rows[right]!]!)
    into[at] = takeLeft ? rows[left++]! : rows[right++]!
  }
}
