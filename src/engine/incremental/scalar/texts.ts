/** Text functions of one row. Positions count code points. */
import { createHash } from 'node:crypto'
import { toJavaScript } from '../../../plan/function/pattern.ts'
import type { texts } from '../../../plan/function/texts.ts'
import type { Cell } from '../../../schema/cell.ts'
import { jsonScalar } from './json.ts'
import { type ScalarMaker, strict } from './scalar.ts'

/** A function of text and number arguments that are all present. */
const of = (compute: (...args: never[]) => Cell): ScalarMaker =>
  strict(() => cells => compute(...(cells as never[])))

const lower = (text: string): string => text.replace(/[A-Z]+/g, part => part.toLowerCase())
const upper = (text: string): string => text.replace(/[a-z]+/g, part => part.toUpperCase())

function codePoints(text: string): number {
  let count = text.length
  for (let i = 0; i + 1 < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) count--
  return count
}

function substring(text: string, start: number, length: number): string {
  if (codePoints(text) === text.length) return text.slice(start - 1, start - 1 + length)
  return Array.from(text)
    .slice(start - 1, start - 1 + length)
    .join('')
}

const regexpMatch: ScalarMaker = ({ options }) => {
  const pattern = new RegExp(toJavaScript(options.pattern!), 'u')
  return ([text]) => pattern.test(text as string)
}

/** RE2 gives empty text for a group that took no part; only a pattern that does not match gives null. */
const regexpExtract: ScalarMaker = ({ options }) => {
  const pattern = new RegExp(toJavaScript(options.pattern!), 'u')
  return ([text]) => {
    const match = pattern.exec(text as string)
    return match === null ? null : (match[options.group ?? 0] ?? '')
  }
}

export const textScalars: Record<keyof typeof texts, ScalarMaker> = {
  concat: of((...parts: string[]) => parts.join('')),
  lower: of(lower),
  upper: of(upper),
  trim: of((text: string) => text.replace(/^ +/, '').replace(/(?<! ) +$/, '')),
  length: of(codePoints),
  substring: of(substring),
  startsWith: of((text: string, part: string) => text.startsWith(part)),
  endsWith: of((text: string, part: string) => text.endsWith(part)),
  contains: of((text: string, part: string) => text.includes(part)),
  replace: of((text: string, from: string, to: string) =>
    from === '' ? text : text.replaceAll(from, () => to),
  ),
  splitPart: of((text: string, separator: string, index: number) => text.split(separator)[index - 1] ?? ''),
  regexpMatch: strict(regexpMatch),
  regexpExtract: strict(regexpExtract),
  sha256: of((data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')),
  jsonGet: strict(
    ({ options }) =>
      ([text]) =>
        jsonScalar(text as string, options.path!),
  ),
}
