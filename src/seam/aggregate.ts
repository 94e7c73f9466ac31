/** The seam for aggregates written by users. */

/**
 * A commutative fold over the non-null inputs of a group. `In` and `Out` are row values (bigint, Decimal, string…).
 * `retract` undoes one `add`; without it the aggregate is refused on input that takes rows away.
 * `merge` joins two totals; without it the aggregate is refused where partial results meet.
 */
export interface Aggregate<In, Total, Out> {
  zero(): Total
  /** May change and return `total`, or return a new one. */
  add(total: Total, input: In): Total
  retract?(total: Total, input: In): Total
  merge?(a: Total, b: Total): Total
  result(total: Total): Out
  /** False marks an approximation in `explain`. */
  readonly exact?: boolean
}
