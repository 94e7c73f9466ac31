/** CSV out: a header, LF, quotes only where they are needed. Null is an empty field, empty text is "", or as the dialect says. */
import { HeadraceError } from '../../errors.ts'
import type { Batch } from '../batch.ts'
import { type Encoder, refuseWeights } from '../encoder.ts'
import { shorten } from '../refusal.ts'
import { printerOf, printerOrNull } from '../text/column-text.ts'
import type { Schema } from '../type.ts'
import { type CsvOptions, type Dialect, dialectOf, NONE, refuseLists } from './dialect.ts'

export class CsvEncoder implements Encoder {
  readonly #schema: Schema
  readonly #dialect: Dialect
  readonly #delimiter: string

  /** Throws NOT_EXPRESSIBLE for a schema with lists, INVALID_ARGUMENT for a dialect that cannot be read. */
  constructor(schema: Schema, options: CsvOptions = {}) {
    refuseLists(schema)
    this.#schema = schema
    this.#dialect = dialectOf(options)
    this.#delimiter = String.fromCharCode(this.#dialect.delimiter)
  }

  head(): Uint8Array {
    if (!this.#dialect.header) return Buffer.alloc(0)
    const quoted = quotes(this.#dialect, 'The name of a column')
    return Buffer.from(`${Object.keys(this.#schema).map(quoted).join(this.#delimiter)}\n`)
  }

  /** Throws NOT_EXPRESSIBLE for a value that the dialect has no way to write. */
  encode(batch: Batch): Uint8Array {
    refuseWeights(batch)
    const [ifNull] = this.#dialect.nulls
    const prints = Object.entries(batch.schema).map(([name, type], i) => {
      const column = batch.columns[i]!
      if (ifNull === undefined && column.valid?.includes(0)) throw noNull(name)
      return printerOrNull(
        column,
        printerOf(type, column, quotes(this.#dialect, `Column '${name}'`)),
        ifNull ?? '',
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

/**
 * Puts quotes around a text that would be read as something else without. A byte order mark is quoted, too: bare at the
 * beginning of a file it would be taken for one; and so is what begins a comment.
 */
function quotes(
  { delimiter, quote, escape: escaping, comment, nulls }: Dialect,
  what: string,
): (text: string) => string {
  const codes = [delimiter, quote, comment].filter(code => code !== NONE)
  const special = new RegExp(`[\\r\\n\\ufeff${codes.map(hex).join('')}]`)
  const isBare = (text: string): boolean => !nulls.includes(text) && !special.test(text)
  if (quote === NONE) {
    return text => {
      if (isBare(text)) return text
      throw new HeadraceError(
        'NOT_EXPRESSIBLE',
        `${what} has ${shorten(JSON.stringify(text))}, which CSV cannot hold without quotes. Write it with a quote.`,
      )
    }
  }
  const mark = String.fromCharCode(quote)
  const before = `${String.fromCharCode(escaping)}$&`.replace(/^\$/, '$$$$')
  const escaped = new RegExp(`[${hex(quote)}${hex(escaping)}]`, 'g')
  return text => (isBare(text) ? text : mark + text.replace(escaped, before) + mark)
}

const hex = (code: number): string => `\\x${code.toString(16).padStart(2, '0')}`

function noNull(name: string): HeadraceError {
  return new HeadraceError(
    'NOT_EXPRESSIBLE',
    `Column '${name}' has a null, and with nulls: [] nothing means null in this CSV. Give nulls at least one text.`,
  )
}
