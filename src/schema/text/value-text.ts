/**
 * Values as text. There is one canonical text a type, which is what CSV fields, quoted JSON values and casts read and
 * print. Reading is strict: no spaces, no digit dropped, no case folded but in uuid.
 *
 * bool `true` · int32, int64 `-7` · float64 `1.5e+21` (shortest) · decimal `12.50` · date `2024-01-31` ·
 * timestamp `2024-01-31T12:00:00Z` · uuid lower case with hyphens · bytes base64 with padding · json its text ·
 * string and enum themselves. A list has no text.
 */
import type { Cell } from '../cell.ts'
import { checkJson } from '../json/check.ts'
import { Refusal } from '../refusal.ts'
import { conformText } from '../standard.ts'
import type { ColumnType } from '../type.ts'
import {
  decimalOfText,
  floatOfText,
  int32OfText,
  int64OfText,
  textOfDecimal,
  textOfFloat,
} from './number-text.ts'
import { dateOfText, textOfDate, textOfTimestamp, timestampOfText } from './time-text.ts'

export const ILL_FORMED = new Refusal('ILL_FORMED_TEXT', 'has a lone surrogate')
const NOT_A_BOOL = new Refusal('BAD_VALUE', 'is neither true nor false')
const NOT_A_UUID = new Refusal('BAD_VALUE', 'is not a uuid as 00000000-0000-0000-0000-000000000000')
const NOT_BASE64 = new Refusal('BAD_VALUE', 'is not base64 with padding')
const NO_LIST_TEXT = new Refusal('NOT_EXPRESSIBLE', 'has to be a list, and lists have no text form')

/** The cell that a text means, or why there is none. */
export function cellOfText(type: ColumnType, text: string): Cell | Refusal {
  switch (type.kind) {
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : NOT_A_BOOL
    case 'int32':
      return int32OfText(text)
    case 'int64':
      return int64OfText(text)
    case 'float64':
      return floatOfText(text)
    case 'decimal':
      return decimalOfText(text, type.precision!, type.scale!)
    case 'string':
      return text.isWellFormed() ? text : ILL_FORMED
    case 'bytes':
      return bytesOfText(text)
    case 'date':
      return dateOfText(text)
    case 'timestamp':
      return timestampOfText(text)
    case 'uuid':
      return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text.toLowerCase() : NOT_A_UUID
    case 'enum':
      return type.values!.includes(text) ? text : notAmong(type.values!)
    case 'json':
      return checkJson(text) ?? conformText(type, text)
    case 'list':
      return NO_LIST_TEXT
  }
}

/** The canonical text of a cell that is not null. Lists have none: the caller has refused them. */
export function textOfCell(type: ColumnType, cell: Cell): string {
  switch (type.kind) {
    case 'float64':
      return textOfFloat(cell as number)
    case 'decimal':
      return textOfDecimal(cell as bigint, type.scale!)
    case 'bytes':
      return Buffer.from(cell as Uint8Array).toString('base64')
    case 'date':
      return textOfDate(cell as number)
    case 'timestamp':
      return textOfTimestamp(cell as bigint)
    default:
      return String(cell)
  }
}

function notAmong(values: readonly string[]): Refusal {
  return new Refusal('BAD_VALUE', `is none of ${values.map(value => `'${value}'`).join(', ')}`)
}

/** Node's decoder skips what it does not know, so the text is compared with what the bytes print as. */
function bytesOfText(text: string): Uint8Array | Refusal {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : NOT_BASE64
}
