/** NDJSON and JSON out: one object a row, all columns in the schema's order, null written as null. */
import type { Batch } from '../batch.ts'
import type { Column } from '../column.ts'
import { type Encoder, refuseWeights } from '../encoder.ts'
import { type Print, printerOf, printerOrNull } from '../text/column-text.ts'
import type { ColumnType } from '../type.ts'

const EMPTY = Buffer.alloc(0)

/**
 * Numbers are written with all their digits, int64 and decimal too: JSON has no largest number, only readers have.
 * `lines` is NDJSON; otherwise the output is one array, also over several batches.
 */
export class JsonEncoder implements Encoder {
  readonly #lines: boolean
  #empty = true

  constructor(lines: boolean) {
    this.#lines = lines
  }

  head(): Uint8Array {
    return this.#lines ? EMPTY : Buffer.from('[')
  }

  encode(batch: Batch): Uint8Array {
    refuseWeights(batch)
    const fields = Object.entries(batch.schema).map(([name, type], i) => {
      const print = valuePrinter(type, batch.columns[i]!, this.#lines)
      return { label: `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`, print }
    })
    let text = ''
    for (let row = 0; row < batch.length; row++) {
      if (!this.#lines) text += this.#empty ? '\n' : ',\n'
      this.#empty = false
      for (const { label, print } of fields) text += label + print(row)
      text += this.#lines ? '}\n' : '}'
    }
    return Buffer.from(text)
  }

  tail(): Uint8Array {
    return this.#lines ? EMPTY : Buffer.from(this.#empty ? ']\n' : '\n]\n')
  }
}

function valuePrinter(type: ColumnType, column: Column, lines: boolean): Print {
  return printerOrNull(column, presentPrinter(type, column, lines), 'null')
}

function presentPrinter(type: ColumnType, column: Column, lines: boolean): Print {
  switch (type.kind) {
    case 'bool':
    case 'int32':
    case 'int64':
    case 'float64':
    case 'decimal':
      return printerOf(type, column, text => text)
    case 'json':
      // Line breaks stand only between the tokens of JSON text, where a space means the same.
      return printerOf(type, column, text => (lines ? text.replace(/[\r\n]/g, ' ') : text))
    case 'list':
      return column.form === 'list'
        ? listPrinter(type.element!, column.values, column.child, lines)
        : () => ''
    default:
      return printerOf(type, column, text => JSON.stringify(text))
  }
}

function listPrinter(element: ColumnType, offsets: Int32Array, child: Column, lines: boolean): Print {
  const print = valuePrinter(element, child, lines)
  return row => {
    let text = '['
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) text += (i > offsets[row]! ? ',' : '') + print(i)
    return `${text}]`
  }
}
