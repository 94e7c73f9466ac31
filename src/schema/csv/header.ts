/** The header of a CSV file, and what its quotes and escapes mean. */
import { HeadraceError } from '../../errors.ts'
import { shorten } from '../refusal.ts'
import { type Dialect, NONE } from './dialect.ts'

/** Takes the escapes out of the text between two quotes. */
export function unescapeIn({ quote, escape: escaping }: Dialect): (text: string) => string {
  if (quote === NONE) return text => text
  const [q, e] = [quote, escaping].map(code => `\\x${code.toString(16).padStart(2, '0')}`)
  const escapes = new RegExp(`${e}([${q}${e}])`, 'g')
  return text => text.replace(escapes, '$1')
}

/** The names in a header record, quoted or not. Throws BAD_RECORD. */
export function namesIn(header: string, dialect: Dialect): string[] {
  const delimiter = String.fromCharCode(dialect.delimiter)
  const plain = unescapeIn(dialect)
  const names: string[] = []
  for (let pos = 0; ; pos++) {
    const quoted = header.charCodeAt(pos) === dialect.quote
    const end = quoted ? quoteEnd(header, pos + 1, dialect) : delimiterAfter(header, delimiter, pos)
    names.push(quoted ? plain(header.slice(pos + 1, end)) : header.slice(pos, end))
    pos = quoted ? end + 1 : end
    if (pos >= header.length) return names
    if (header[pos] !== delimiter) {
      throw new HeadraceError(
        'BAD_RECORD',
        `In the CSV header a quoted name is followed by '${shorten(header.slice(pos))}'.`,
      )
    }
  }
}

function delimiterAfter(header: string, delimiter: string, pos: number): number {
  const end = header.indexOf(delimiter, pos)
  return end < 0 ? header.length : end
}

function quoteEnd(header: string, from: number, { quote, escape: escaping }: Dialect): number {
  for (let end = from; end < header.length; end++) {
    const [c, next] = [header.charCodeAt(end), header.charCodeAt(end + 1)]
    if (c === escaping && (next === quote || next === escaping)) end++
    else if (c === quote) return end
  }
  return header.length
}
