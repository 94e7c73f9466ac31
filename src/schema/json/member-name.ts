/** Names of members as they are usually written, compared four bytes at a time: they are nearly half of what NDJSON is made of. */
import { peek, QUOTE, type Scan, viewOf } from './scan.ts'

const LITTLE_ENDIAN = true

/** A name in quotes and its colon. */
export class MemberName {
  readonly #words: Int32Array
  readonly #length: number
  /** The last four bytes, which overlap the last word. */
  readonly #tail: number

  constructor(name: string) {
    const bytes = Buffer.from(`${JSON.stringify(name)}:`)
    const view = viewOf(bytes)
    this.#length = bytes.length
    // The empty name is shorter than a word, and never found here.
    this.#words = Int32Array.from({ length: bytes.length >> 2 }, (_, i) =>
      view.getInt32(4 * i, LITTLE_ENDIAN),
    )
    this.#tail = bytes.length < 4 ? 0 : view.getInt32(bytes.length - 4, LITTLE_ENDIAN)
  }

  /** Whether this name comes next, spelt like this; if so, the scanner is moved behind it. */
  skip(s: Scan): boolean {
    if (peek(s) !== QUOTE) return false
    const start = s.pos
    const length = this.#length
    const words = this.#words
    const view = s.view
    if (words.length === 0 || start + length > view.byteLength) return false
    for (let i = 0; i < words.length; i++) {
      if (view.getInt32(start + 4 * i, LITTLE_ENDIAN) !== words[i]) return false
    }
    if (view.getInt32(start + length - 4, LITTLE_ENDIAN) !== this.#tail) return false
    s.pos = start + length
    return true
  }
}
