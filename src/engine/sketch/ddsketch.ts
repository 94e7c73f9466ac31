/**
 * DDSketch: quantiles with a relative error of at most 1 %, from counts of values in logarithmic bins.
 *
 * C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees",
 * 2019. Unlike there, bins are never collapsed: then the result would depend on the order of additions and retractions.
 * The range of doubles bounds them: 72,709 bins of 8 bytes a sign at the very most, 690 for values within a factor of a million.
 * So the result depends only on the multiset of values. Values below 1e-300 keep their sign and order but not the 1 %.
 */

const ACCURACY = 0.01
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
const LN_GAMMA = Math.log(GAMMA)
/** The point of bin i that is within 1 % of all of it: 2 γ^i / (γ + 1), as a logarithm, which cannot overflow. */
const LN_CENTRE = Math.log(2 / (GAMMA + 1))

/** Bin i holds magnitudes in (γ^(i−1), γ^i]. */
const binOf = (magnitude: number): number => Math.ceil(Math.log(magnitude) / LN_GAMMA)
const centreOf = (bin: number): number => Math.min(Number.MAX_VALUE, Math.exp(bin * LN_GAMMA + LN_CENTRE))

/** Counts of consecutive bins, widened at either end as needed. */
class Bins {
  private counts = new Float64Array(0)
  private first = 0

  change(bin: number, by: number): void {
    if (bin < this.first || bin >= this.first + this.counts.length) this.reach(bin)
    const at = bin - this.first
    this.counts[at]! += by
    if (this.counts[at]! < 0) throw new Error('A value was retracted that was never added')
  }

  /** Bins with values, in order of magnitude, until `visit` returns true. */
  some(fromLargest: boolean, visit: (bin: number, count: number) => boolean): boolean {
    const n = this.counts.length
    for (let i = 0; i < n; i++) {
      const at = fromLargest ? n - 1 - i : i
      const count = this.counts[at]!
      if (count !== 0 && visit(this.first + at, count)) return true
    }
    return false
  }

  private reach(bin: number): void {
    const old = this.counts
    const margin = 16
    const first = old.length === 0 ? bin - margin : Math.min(this.first, bin - margin)
    const end = Math.max(old.length === 0 ? bin : this.first + old.length, bin + margin + 1)
    this.counts = new Float64Array(end - first)
    this.counts.set(old, old.length === 0 ? 0 : this.first - first)
    this.first = first
  }
}

export class DDSketch {
  private readonly positive = new Bins()
  private readonly negative = new Bins()
  private zeros = 0
  private total = 0

  add(x: number): void {
    this.change(x, 1)
  }

  /** Undoes an `add` of the same value. */
  retract(x: number): void {
    this.change(x, -1)
  }

  /** `count` additions of a value at once, or retractions where it is negative. */
  change(x: number, count: number): void {
    this.total += count
    if (x > 0) this.positive.change(binOf(x), count)
    else if (x < 0) this.negative.change(binOf(-x), count)
    else this.zeros += count
  }

  /** Takes in the values of another sketch, which stays as it is. */
  merge(other: DDSketch): void {
    this.total += other.total
    this.zeros += other.zeros
    const into = (bins: Bins) => (bin: number, count: number) => {
      bins.change(bin, count)
      return false
    }
    other.positive.some(false, into(this.positive))
    other.negative.some(false, into(this.negative))
  }

  /** An estimate of the value at rank ⌊q × (n − 1)⌋ of the n values in order, 0 ≤ q ≤ 1; null without values. */
  quantile(q: number): number | null {
    if (this.total === 0) return null
    const rank = q * (this.total - 1)
    let below = 0
    let found = 0
    const reached = (sign: number) => (bin: number, count: number) => {
      below += count
      found = sign * centreOf(bin)
      return below > rank
    }
    if (this.negative.some(true, reached(-1))) return found
    below += this.zeros
    if (below > rank) return 0
    this.positive.some(false, reached(1))
    return found
  }
}
