/** Text, one array of code points at a time. */
import { createHash } from 'node:crypto'
import { toJavaScript } from '../../plan/function/pattern.ts'
import type { Cell } from '../../schema/cell.ts'
import type { Strict } from './function.ts'
import { jsonGet } from './json.ts'

const asciiOnly = (text: string, pattern: RegExp, change: (c: string) => string): string =>
  text.replace(pattern, change)

const pattern = (source: string): RegExp => new RegExp(toJavaScript(source), 'u')

export const texts = {
  concat: args => args.join(''),
  lower: ([text]) => asciiOnly(text as string, /[A-Z]/g, c => c.toLowerCase()),
  upper: ([text]) => asciiOnly(text as string, /[a-z]/g, c => c.toUpperCase()),
  trim: ([text]) => (text as string).replace(/^ +/, '').replace(/ +$/, ''),
  length: ([text]) => [...(text as string)].length,
  substring: ([text, start, length]) => {
    const first = (start as number) - 1
    return [...(text as string)].slice(first, first + (length as number)).join('')
  },
  startsWith: ([text, part]) => (text as string).startsWith(part as string),
  endsWith: ([text, part]) => (text as string).endsWith(part as string),
  contains: ([text, part]) => (text as string).includes(part as string),
  replace: ([text, part, by]) =>
    part === '' ? text! : (text as string).split(part as string).join(by as string),
  splitPart: ([text, separator, index]) =>
    (text as string).split(separator as string)[(index as number) - 1] ?? '',
  regexpMatch: ([text], call) => pattern(call.options.pattern!).test(text as string),
  regexpExtract: ([text], call): Cell => {
    const match = pattern(call.options.pattern!).exec(text as string)
    return match === null ? null : (match[call.options.group ?? 0] ?? '')
  },
  sha256: ([value]) =>
    createHash('sha256')
      .update(value as string | Uint8Array)
      .digest('hex'),
  jsonGet: ([text], call) => jsonGet(text as string, call.options.path!),
} satisfies Record<string, Strict>
