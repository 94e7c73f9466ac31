/** Text in SQL. DuckDB counts code points, compares bytes, and matches patterns with RE2. */

import { text } from '../../../duckdb/sql.ts'
import type { texts as catalogue } from '../../../plan/function/texts.ts'
import { t } from '../../../schema/type.ts'
import { type Emit, plain } from './emit.ts'
import { jsonGet } from './json.ts'

const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const UPPER = LOWER.toUpperCase()

/** lower() and upper() are fast, but change more than A to Z where there is more. */
const inAscii = (x: string, fast: string, exact: string): string =>
  `CASE WHEN strlen(${x}) = length(${x}) THEN ${fast} ELSE ${exact} END`

export const texts = {
  concat: plain((...args) => `(${args.join(' || ')})`),
  lower: plain(x => inAscii(x, `lower(${x})`, `translate(${x}, '${UPPER}', '${LOWER}')`)),
  upper: plain(x => inAscii(x, `upper(${x})`, `translate(${x}, '${LOWER}', '${UPPER}')`)),
  trim: plain(x => `trim(${x}, ' ')`),
  length: plain(x => `CAST(length(${x}) AS INTEGER)`),
  substring: plain((x, start, length) => `substring(${x}, ${start}, ${length})`),
  startsWith: plain((x, part) => `starts_with(${x}, ${part})`),
  endsWith: plain((x, part) => `ends_with(${x}, ${part})`),
  contains: plain((x, part) => `contains(${x}, ${part})`),
  replace: plain((x, part, by) => `replace(${x}, ${part}, ${by})`),
  splitPart: plain((x, separator, index) => `split_part(${x}, ${separator}, ${index})`),
  regexpMatch: (call, emitter) =>
    `regexp_matches(${emitter.sql(call.args[0]!)}, ${text(call.options.pattern!)})`,
  regexpExtract: (call, emitter) => {
    const value = emitter.sql(call.args[0]!)
    const pattern = text(call.options.pattern!)
    const found = `regexp_extract(${value}, ${pattern}, ${call.options.group ?? 0})`
    return `CASE WHEN regexp_matches(${value}, ${pattern}) THEN ${found} END`
  },
  sha256: plain(x => `sha256(${x})`),
  // DuckDB prints numbers anew; here they stay as written.
  jsonGet: (call, emitter) => {
    const path = call.options.path!
    const name = emitter.native({
      key: `jsonGet ${JSON.stringify(path)}`,
      args: [t.json()],
      result: t.string(),
      apply: json => jsonGet(json as string, path),
    })
    return `${name}(${emitter.sql(call.args[0]!)})`
  },
} satisfies Record<keyof typeof catalogue, Emit>
