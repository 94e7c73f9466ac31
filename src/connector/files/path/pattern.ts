/**
 * Patterns of names, by the parts of a path between its slashes. `*` is any text, `?` any character, `[a-z]` and `[!a-z]`
 * one of some characters, `**` any folders, `{a,b}` one of some texts, `{yyyy}` `{MM}` `{dd}` `{HH}` the parts of a date.
 */
import { HeadraceError } from '../../../errors.ts'
import { type DateParts, type Placeholder, placeholders, textOfPart, type Unit } from './dated.ts'

/** A part of a path: a name as it is, `**`, or what a name must look like. */
export type Segment = string | typeof ANY_FOLDERS | NamePattern

export const ANY_FOLDERS = Symbol('**')

interface NamePattern {
  readonly regex: RegExp
  /** The placeholders that the groups of `regex` stand for. */
  readonly dates: readonly Placeholder[]
  /** Literal texts and placeholders, in order; undefined where a wildcard stands. */
  readonly pieces: readonly (string | Placeholder)[] | undefined
  /** Names that begin with `_` or `.` are no data, unless the pattern begins so, too. */
  readonly hidden: boolean
}

/** The most paths that one path may stand for by its braces. */
const MAX_ALTERNATIVES = 1000

/** A path with `{a,b}` as paths without. Braces without a comma stay. Throws INVALID_ARGUMENT above MAX_ALTERNATIVES. */
export function alternatives(what: string, path: string): string[] {
  const found: string[] = []
  const open = [path]
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const group = braces(next)
    if (group === undefined) found.push(next)
    else open.unshift(...group)
    if (found.length + open.length <= MAX_ALTERNATIVES) continue
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what} stands for more than ${MAX_ALTERNATIVES} paths by its braces. Use * or a list of paths.`,
    )
  }
  return found
}

/** The path with each choice of its first braces with a comma. */
function braces(path: string): string[] | undefined {
  for (let start = path.indexOf('{'); start >= 0; start = path.indexOf('{', start + 1)) {
    const commas: number[] = []
    let depth = 0
    for (let i = start; i < path.length; i++) {
      if (path[i] === '{') depth++
      else if (path[i] === '}') depth--
      else if (path[i] === ',' && depth === 1) commas.push(i)
      if (depth > 0) continue
      if (commas.length === 0) break
      const edges = [start, ...commas, i]
      return edges
        .slice(1)
        .map((end, n) => path.slice(0, start) + path.slice(edges[n]! + 1, end) + path.slice(i + 1))
    }
  }
  return undefined
}

/** One part of a path. Throws INVALID_ARGUMENT for braces that are no placeholder. */
export function segmentOf(what: string, text: string): Segment {
  if (text === '**') return ANY_FOLDERS
  const dates: Placeholder[] = []
  const pieces: (string | Placeholder)[] = []
  let source = ''
  let wild = false
  for (const [token] of text.matchAll(/\*+|\?|\[[!^]?\]?[^\]]*\]|\{[^{}]+\}|[\s\S]/gu)) {
    const date = placeholderOf(what, token)
    const piece = date === undefined ? wildcard(token) : `(\\d{${date.digits}})`
    wild ||= date === undefined && piece !== undefined
    if (date !== undefined) dates.push(date)
    pieces.push(date ?? token)
    source += piece ?? escaped(token)
  }
  if (!wild && dates.length === 0) return text
  const regex = regexOf(what, text, source)
  return { regex, dates, pieces: wild ? undefined : pieces, hidden: isHidden(text) }
}

function regexOf(what: string, text: string, source: string): RegExp {
  try {
    return new RegExp(`^${source}$`, 'su')
  } catch {
    throw new HeadraceError('INVALID_ARGUMENT', `${what}: '${text}' has a range that ends before it begins.`)
  }
}

function placeholderOf(what: string, token: string): Placeholder | undefined {
  if (token.length < 2 || token[0] !== '{') return undefined
  const name = token.slice(1, -1)
  if (Object.hasOwn(placeholders, name)) return placeholders[name]
  const known = Object.keys(placeholders).map(each => `{${each}}`)
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what} has ${token}, which stands for nothing. Parts of a date are ${known.join(' ')}; alternatives have a comma, as in {a,b}.`,
  )
}

/** What a token of a pattern matches; undefined for a character that stands for itself. */
function wildcard(token: string): string | undefined {
  if (token.startsWith('*')) return '.*'
  if (token === '?') return '.'
  if (token.length < 3 || token[0] !== '[') return undefined
  const negated = token[1] === '!' || token[1] === '^'
  return `[${negated ? '^' : ''}${token.slice(negated ? 2 : 1, -1).replace(/[\\[\]^]/g, '\\$&')}]`
}

/** A character that stands for itself, in a regular expression. */
function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
}

/** Names that are never data: bookkeeping, temporary files, what systems leave lying about. */
export function isHidden(name: string): boolean {
  return name.startsWith('_') || name.startsWith('.')
}

/** The units that a part of a path names. */
export function unitsIn(segment: Segment): Unit[] {
  return typeof segment === 'object' ? segment.dates.map(date => date.unit) : []
}

export function isPattern(segment: Segment): boolean {
  return typeof segment !== 'string'
}

/** Whether a part of a path has wildcards, so that several names fit at one time. */
export function isWild(segment: Segment): boolean {
  return segment === ANY_FOLDERS || (typeof segment === 'object' && segment.pieces === undefined)
}

/** The parts of a date with those that a name adds; undefined for a name that does not fit, or says another date. */
export function matchName(segment: NamePattern, name: string, parts: DateParts): DateParts | undefined {
  if (isHidden(name) && !segment.hidden) return undefined
  const groups = segment.regex.exec(name)
  if (groups === null) return undefined
  const all: { [unit in Unit]?: number } = { ...parts }
  for (const [i, { unit }] of segment.dates.entries()) {
    const value = Number(groups[i + 1])
    if ((all[unit] ?? value) !== value) return undefined
    all[unit] = value
  }
  return all
}

/** The name that a part of a path without wildcards has at some time. */
export function nameAt(segment: Segment, parts: Required<DateParts>): string {
  if (typeof segment === 'string') return segment
  const pieces = segment === ANY_FOLDERS ? undefined : segment.pieces
  if (pieces === undefined) throw new Error('A pattern with wildcards has no name of its own')
  return pieces.map(piece => (typeof piece === 'string' ? piece : textOfPart(piece, parts))).join('')
}
