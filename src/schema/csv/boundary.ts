/** Where CSV records end: at line feeds outside quotes. Looked for before records are read, and across chunks. */
import { type Dialect, LINE_FEED, NONE } from './dialect.ts'

export class Boundaries {
  readonly #dialect: Dialect
  readonly #isPlain: boolean
  /** What was last looked at lies within quotes. */
  open = false
  /** Of a dialect with an escape of its own: it came last. */
  #escaped = false
  /** Of a dialect with comments: the next byte begins a record; this one lies in a comment. */
  #begins = true
  #inComment = false

  constructor(dialect: Dialect) {
    this.#dialect = dialect
    this.#isPlain = dialect.comment === NONE && dialect.escape === dialect.quote
  }

  /** Line feeds in quotes: of records that have ended, and of the one that has not. */
  #quoted = 0
  #quotedOpen = 0

  /** Forgets what it looked at: the next byte begins a record. */
  reset(): void {
    this.#quoted = 0
    this.#quotedOpen = 0
    this.open = false
    this.#escaped = false
    this.#begins = true
    this.#inComment = false
  }

  /** The position of the last line feed of `chunk` that ends a record, or −1. */
  lastEnd(chunk: Buffer): number {
    if (!this.#isPlain) return this.#scan(chunk, false)
    const { quote } = this.#dialect
    if (!this.open && (quote === NONE || chunk.indexOf(quote) < 0)) {
      const last = chunk.lastIndexOf(LINE_FEED)
      if (last >= 0) this.#ended()
      return last
    }
    return this.#lastEndByPairs(chunk, quote)
  }

  /** The position of the line feed that ends the record at `start`, or the end of the bytes. Forgets what it looked at before. */
  recordEnd(bytes: Buffer, start: number): number {
    this.reset()
    const end = this.#scan(bytes.subarray(start), true)
    this.reset()
    return end < 0 ? bytes.length : start + end
  }

  /** The record has ended whose line feeds in quotes were counted. */
  #ended(): void {
    this.#quoted += this.#quotedOpen
    this.#quotedOpen = 0
  }

  /** The line feeds in quotes of the records that have ended since the last call. */
  takeQuotedLines(): number {
    const count = this.#quoted
    this.#quoted = 0
    return count
  }

  /** Quotes that are doubled come in pairs, so counting them is enough. */
  #lastEndByPairs(chunk: Buffer, quote: number): number {
    let open = this.open
    let last = -1
    let lines = this.#quotedOpen
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]
      if (c === quote) open = !open
      else if (c === LINE_FEED) {
        if (open) lines++
        else {
          last = i
          this.#quoted += lines
          lines = 0
        }
      }
    }
    this.open = open
    this.#quotedOpen = lines
    return last
  }

  #scan(chunk: Buffer, first: boolean): number {
    const { quote, escape: escaping, comment } = this.#dialect
    let last = -1
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]
      if (this.#begins && c === comment) this.#inComment = true
      this.#begins = false
      if (this.#escaped) {
        this.#escaped = false
        if (c === LINE_FEED) this.#quotedOpen++
      } else if (this.open && c === escaping && escaping !== quote) this.#escaped = true
      else if (c === quote && !this.#inComment) this.open = !this.open
      else if (c === LINE_FEED && this.open) this.#quotedOpen++
      else if (c === LINE_FEED) {
        this.#begins = true
        this.#inComment = false
        this.#ended()
        last = i
        if (first) return last
      }
    }
    return last
  }
}
