/** The groups of one window, or of one slice that several windows share. */
import { IntMap } from '../../../state/int-map.ts'

export class Pane {
  /** The slice it begins with. */
  readonly slice: number
  readonly #index = new IntMap()
  #slots = new Int32Array(16)
  #length = 0

  constructor(slice: number) {
    this.slice = slice
  }

  /** The slot of a key, or −1. */
  get(key: number): number {
    return this.#index.get(key)
  }

  /** The slots of keys[from, to), −1 for those that it does not have; says whether it has all. */
  find(keys: Int32Array, from: number, to: number, slots: Int32Array): boolean {
    return this.#index.getAll(keys, from, to, slots)
  }

  set(key: number, slot: number): void {
    this.#index.set(key, slot)
    if (this.#length === this.#slots.length) {
      const slots = new Int32Array(2 * this.#length)
      slots.set(this.#slots)
      this.#slots = slots
    }
    this.#slots[this.#length++] = slot
  }

  slots(): Int32Array {
    return this.#slots.subarray(0, this.#length)
  }
}
