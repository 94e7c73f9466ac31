/** A JSON array of records as NDJSON, so that one decoder reads both. */
import { HeadraceError } from '../../errors.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const NEWLINE = 0x0a
const SPACE = 0x20

/** Where in the text the splitter stands. */
type Place = 'before' | 'begun' | 'element' | 'comma' | 'after'

/**
 * Gives the bytes of `[…, …]` with the outer brackets gone, a line end for each comma between elements, and spaces for the
 * line ends inside them. Looks only at brackets, commas and strings: whether an element is good JSON, its decoder decides.
 * Throws BAD_RECORD where the text is no array, or ends within it.
 */
export async function* linesOfArray(file: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const splitter = new Splitter(file)
  for await (const chunk of chunks) yield splitter.feed(chunk)
  splitter.end()
}

class Splitter {
  readonly #file: string
  #place: Place = 'before'
  #depth = 0
  #string = false
  #escaped = false
  #offset = 0

  constructor(file: string) {
    this.#file = file
  }

  feed(chunk: Uint8Array): Buffer {
    const out = Buffer.from(chunk)
    for (let i = 0; i < out.length; i++) {
      if (this.#string) this.#inString(out[i]!)
      else out[i] = this.#outside(out[i]!, this.#offset + i)
    }
    this.#offset += out.length
    return out
  }

  end(): void {
    if (this.#place !== 'after') throw this.#bad('ends before its last ]', this.#offset)
  }

  #inString(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#string = false
  }

  #outside(byte: number, offset: number): number {
    if (isSpace(byte)) return SPACE
    if (this.#place === 'before') {
      if (byte !== OPEN_LIST) throw this.#bad('does not begin with [', offset)
      this.#place = 'begun'
      return SPACE
    }
    if (this.#place === 'after') throw this.#bad('goes on after its last ]', offset)
    return this.#inArray(byte, offset)
  }

  #inArray(byte: number, offset: number): number {
    if (this.#depth === 0) {
      if (byte === CLOSE_LIST) {
        if (this.#place === 'comma') throw this.#bad('has a comma without a record after it', offset)
        this.#place = 'after'
        return NEWLINE
      }
      if (byte === COMMA) {
        if (this.#place !== 'element') throw this.#bad('has a comma without a record before it', offset)
        this.#place = 'comma'
        return NEWLINE
      }
    }
    this.#place = 'element'
    if (byte === QUOTE) this.#string = true
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.#depth++
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) this.#depth--
    if (this.#depth < 0) throw this.#bad('closes a bracket that it did not open', offset)
    return byte
  }

  #bad(what: string, offset: number): HeadraceError {
    return new HeadraceError(
      'BAD_RECORD',
      `${this.#file}: expected a JSON array of records, and the text ${what} (byte ${offset}). Read lines of JSON with files.ndjson.`,
    )
  }
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === NEWLINE || byte === 0x0d || byte === 0x09
}
