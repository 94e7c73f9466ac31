/** Arrays used for one batch and then again for the next: making one costs more than filling it. */

type Numbers = Int32Array | Float64Array

export class Scratch<V extends Numbers> {
  readonly #make: new (
    n: number,
  ) => V
  #values: V

  constructor(make: new (n: number) => V) {
    this.#make = make
    this.#values = new make(0)
  }

  /** An array of n values that hold anything; whoever took one before must be done with it. */
  take(n: number): V {
    if (this.#values.length < n) this.#values = new this.#make(n)
    return this.#values.length === n ? this.#values : (this.#values.subarray(0, n) as V)
  }
}
