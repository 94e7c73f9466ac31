/** CSV out: a header, LF, quotes only where they are needed. Null is an empty field, empty text is "". */
import type { Batch } from '../batch.ts'
import { type Encoder, refuseWeights } from '../encoder.ts'
import { printerOf, printerOrNull } from '../text/column-text.ts'
import type { Schema } from '../type.ts'
import { type CsvOptions, delimiterOf, refuseLists } from './format.ts'

export class CsvEncoder implements Encoder {
  readonly #schema: Schema
  readonly #delimiter: string
  readonly #header: boolean

  /** Throws NOT_EXPRESSIBLE for a schema with lists. */
  constructor(schema: Schema, options: CsvOptions = {}) {
    refuseLists(schema)
    this.#schema = schema
    this.#delimiter = String.fromCharCode(delimiterOf(options))
    this.#header = options.header ?? true
  }

  head(): Uint8Array {
    const names = Object.keys(this.#schema).map(name => quoted(name, this.#delimiter))
    return Buffer.from(this.#header ? `${names.join(this.#delimiter)}\n` : '')
  }

  encode(batch: Batch): Uint8Array {
    refuseWeights(batch)
    const prints = Object.values(batch.schema).map((type, i) => {
      const column = batch.columns[i]!
      return printerOrNull(
        column,
        printerOf(type, column, text => quoted(text, this.#delimiter)),
        '',
      )
    })
    let text = ''
    for (let row = 0; row < batch.length; row++) {
      for (let i = 0; i < prints.length; i++) text += (i === 0 ? '' : this.#delimiter) + prints[i]!(row)
      text += '\n'
    }
    return Buffer.from(text)
  }

  tail(): Uint8Array {
    return Buffer.alloc(0)
  }
}

/** A byte order mark is quoted, too: bare at the beginning of a file it would be taken for one. */
function quoted(text: string, delimiter: string): string {
  const bare = text !== '' && !/["\r\n\ufeff]/.test(text) && !text.includes(delimiter)
  return bare ? text : `"${text.replaceAll('"', '""')}"`
}
