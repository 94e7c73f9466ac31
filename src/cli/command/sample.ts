/** The first rows of a text file, as far as they are needed to tell the types of its columns. */
import { hiveTexts } from '../../connector/files/path/hive.ts'
import { unpacked } from '../../connector/files/read/unpack.ts'
import { HeadraceError } from '../../errors.ts'
import { csv } from '../../schema/codec.ts'
import { dialectOf } from '../../schema/csv/dialect.ts'
import { namesIn } from '../../schema/csv/header.ts'
import { rowsOf } from '../../schema/row.ts'
import { type Schema, t } from '../../schema/type.ts'
import { ColumnSight, NumberText, type Seen } from './infer.ts'

/** The columns of the rows that were looked at. */
export interface Sample {
  readonly schema: Schema
  readonly rows: number
  /** There are no others. */
  readonly all: boolean
  /** Records that are no rows of the format. */
  readonly bad: number
  /** Of CSV, where it is not the comma. */
  readonly delimiter?: string
  /** Of JSON: it is one object a line. */
  readonly lines?: boolean
}

/** Text that is held at most while the rows are looked for. */
const MAX_TEXT = 64 * 1024 * 1024

/** Characters that may stand between the names of a header; the first that does is taken. */
const DELIMITERS = [',', ';', '\t', '|']

/** Looks at the first rows of a CSV file. */
export async function csvSample(file: string, path: string, rows: number, given?: string): Promise<Sample> {
  const text = await firstText(file, path, rows)
  const header = headerOf(file, text.bytes.toString('utf8', 0, 1024 * 1024).replace(/^\ufeff/, ''))
  const delimiter = given ?? DELIMITERS.find(each => namesWith(header, each).length > 1) ?? ','
  const names = namesWith(header, delimiter)
  const schema = Object.fromEntries(names.map(name => [name, t.nullable(t.string())]))
  let bad = 0
  const decoder = csv({ delimiter }).decoder(schema, {
    onBadRecord: () => {
      bad++
    },
  })
  decoder.push(text.bytes)
  if (text.whole) decoder.end()
  const found = rowsOf(decoder.take()) as Record<string, string | null>[]
  const sample = sampleOf(found.slice(0, rows), text.whole && found.length <= rows, true, names)
  return { ...sample, bad, ...(delimiter === ',' ? {} : { delimiter }) }
}

/** Looks at the first values of a JSON array, or of lines of JSON, whatever the name of the file promises. */
export async function jsonSample(file: string, path: string, rows: number): Promise<Sample> {
  const { bytes, whole } = await firstText(file, path, rows)
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const lines = !text.trimStart().startsWith('[')
  const values = lines ? linesIn(text, whole) : elementsIn(text)
  const found: Record<string, Seen>[] = []
  let bad = 0
  for (const value of values) {
    if (found.length > rows) break
    const parsed = parsedObject(value)
    if (parsed === undefined) bad++
    else found.push(parsed)
  }
  return { ...sampleOf(found.slice(0, rows), whole && found.length <= rows, false), bad, lines }
}

function sampleOf(
  rows: readonly Record<string, Seen>[],
  all: boolean,
  fromText: boolean,
  names: readonly string[] = [],
): Omit<Sample, 'bad'> {
  const sights = new Map(names.map(name => [name, new ColumnSight(fromText)]))
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      const sight = sights.get(name) ?? new ColumnSight(fromText)
      sights.set(name, sight)
      sight.see(value)
    }
  }
  const columns = [...sights].map(([name, sight]) => [name, sight.type(rows.length)] as const)
  return { schema: Object.fromEntries(columns), rows: rows.length, all }
}

/** The columns that the folders above all of these files name, as in Hive, with types that take all their values. */
export function partitionColumns(paths: readonly string[]): Schema {
  const folders = paths.map(hiveTexts)
  const [first = new Map<string, string | null>()] = folders
  const columns = [...first.keys()].filter(column => folders.every(texts => texts.has(column)))
  const typed = columns.map(column => {
    const sight = new ColumnSight(true)
    for (const texts of folders) sight.see(texts.get(column)!)
    return [column, sight.type(folders.length)] as const
  })
  return Object.fromEntries(typed)
}

/** The text of at least so many lines, or all of it. */
async function firstText(file: string, path: string, lines: number) {
  const pieces: Buffer[] = []
  let [length, ends] = [0, 0]
  for await (const piece of unpacked(file, path, undefined)) {
    pieces.push(Buffer.from(piece))
    length += piece.length
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) ends++
    // One line for the header, and one to see that there are others.
    if (ends > lines + 1 || length > MAX_TEXT) return { bytes: Buffer.concat(pieces), whole: false }
  }
  return { bytes: Buffer.concat(pieces), whole: true }
}

/** The first line of a text; a line end in a field that begins with a quote is none. */
function headerOf(file: string, text: string): string {
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '"' && !quoted) quoted = i === 0 || DELIMITERS.includes(text[i - 1]!)
    else if (c === '"' && text[i + 1] === '"') i++
    else if (c === '"') quoted = false
    else if ((c === '\n' || c === '\r') && !quoted) return text.slice(0, i)
  }
  if (text !== '') return text
  throw new HeadraceError('READ_FAILED', `Cannot read ${file}: it is empty, so it names no columns.`)
}

function namesWith(header: string, delimiter: string): string[] {
  return namesIn(header, dialectOf({ delimiter }))
}

function linesIn(text: string, whole: boolean): string[] {
  const lines = text.split('\n')
  if (!whole) lines.pop()
  return lines.filter(line => line.trim() !== '')
}

/** The elements of the array that a text begins with, as far as they are complete. */
function* elementsIn(text: string): Generator<string> {
  let [depth, begin] = [0, 0]
  const tokens = /"(?:[^"\\]|\\.)*"|[[\]{},]/g
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const [sign] = token
    if (sign === '[' || sign === '{') {
      depth++
      if (depth === 1) begin = tokens.lastIndex
    } else if (sign === ']' || sign === '}') depth--
    const ends = depth === 0 || (depth === 1 && sign === ',')
    if (!ends) continue
    const element = text.slice(begin, token.index).trim()
    begin = tokens.lastIndex
    if (element !== '') yield element
    if (depth === 0) return
  }
}

/** An object with its numbers as they were written; undefined for anything else. */
function parsedObject(text: string): Record<string, Seen> | undefined {
  try {
    const value = JSON.parse(text, exact) as Seen
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && !(value instanceof NumberText) ? (value as Record<string, Seen>) : undefined
  } catch {
    return undefined
  }
}

/** A reviver that keeps numbers as text: JSON.parse would round them. */
function exact(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? new NumberText(context.source) : value
}
