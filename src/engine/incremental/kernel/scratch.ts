/**
 * Arrays for what kernels compute on their way to a result. Memory that is new has to be cleared and then collected, which
 * costs several times as much as filling it again.
 */

/** Arrays for longer frames are not kept. */
const MOST_ROWS = 2 ** 16
const FEWEST_ROWS = 4096

/** Arrays in the order in which they are taken: the first `taken` of them are in use. */
const arrays: Float64Array[] = []
let taken = 0
let depth = 0

/** Gives back, at the end of `work`, what was taken during it; so no lanes may be part of what it gives. */
export function scoped<T>(work: () => T): T {
  const before = taken
  depth++
  try {
    return work()
  } finally {
    depth--
    taken = before
  }
}

/** Room for at least n lanes, which hold anything. Outside of `scoped` the array is the caller's for good. */
export function roomForLanes(n: number): Float64Array {
  if (depth === 0 || n > MOST_ROWS) return new Float64Array(n)
  let array = arrays[taken]
  if (array === undefined || array.length < n) {
    array = new Float64Array(Math.max(n, FEWEST_ROWS))
    arrays[taken] = array
  }
  taken++
  return array
}
