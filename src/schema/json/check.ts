/** Whether a text is one JSON value, by the rules of the decoders. */
import { Refusal } from '../refusal.ts'
import { ScanError } from '../text/scan-error.ts'
import { peek, Scan, scanValue } from './scan.ts'

const NUL = 0

/** Why `text` is not JSON that a json column can hold; undefined where it is. Nothing is parsed into objects. */
export function checkJson(text: string): Refusal | undefined {
  if (!text.isWellFormed()) return new Refusal('ILL_FORMED_TEXT', 'has a lone surrogate')
  const s = new Scan(false)
  s.enter(Buffer.from(`${text}\0`))
  try {
    scanValue(s, 0)
    if (peek(s) !== NUL || s.pos !== s.bytes.length - 1) return notJson(s.pos)
    return undefined
  } catch (error) {
    if (!(error instanceof ScanError)) throw error
    return error.refusal.code === 'ILL_FORMED_TEXT' ? error.refusal : notJson(error.at)
  }
}

function notJson(at: number): Refusal {
  return new Refusal('BAD_VALUE', `is not JSON at its byte ${at}`)
}
