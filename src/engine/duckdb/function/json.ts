/**
 * One scalar out of a JSON text, as it is written there. The text is walked and not parsed: what the path does not touch is
 * only skipped. That the text is well formed was checked when it became a value of a json column.
 */

/** Strings unescaped, true and false, numbers as written; null for anything else, or where the path leads nowhere. */
export function jsonGet(json: string, path: readonly (string | number)[]): string | null {
  let at = spaces(json, 0)
  for (const step of path) {
    at = typeof step === 'string' ? memberOf(json, at, step) : elementOf(json, at, step)
    if (at < 0) return null
  }
  switch (json[at]) {
    case '{':
    case '[':
    case 'n':
      return null
    case '"': {
      const value = textOf(json, at, stringEnd(json, at))
      return value.isWellFormed() ? value : null
    }
    default:
      return json.slice(at, valueEnd(json, at))
  }
}

/** Where the value of a member begins; of repeated ones the last, as in JavaScript. −1 where there is none. */
function memberOf(json: string, at: number, key: string): number {
  if (json[at] !== '{') return -1
  let found = -1
  at = spaces(json, at + 1)
  while (json[at] === '"') {
    const end = stringEnd(json, at)
    const value = spaces(json, spaces(json, end) + 1)
    if (textOf(json, at, end) === key) found = value
    at = spaces(json, valueEnd(json, value))
    if (json[at] === ',') at = spaces(json, at + 1)
  }
  return found
}

/** Where the n-th element begins; −1 where there is none. */
function elementOf(json: string, at: number, n: number): number {
  if (json[at] !== '[') return -1
  at = spaces(json, at + 1)
  for (let i = 0; at < json.length && json[at] !== ']'; i++) {
    if (i === n) return at
    at = spaces(json, valueEnd(json, at))
    if (json[at] === ',') at = spaces(json, at + 1)
  }
  return -1
}

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

const isSpace = (unit: number): boolean => unit === 32 || unit === 10 || unit === 13 || unit === 9

function spaces(json: string, at: number): number {
  while (isSpace(json.charCodeAt(at))) at++
  return at
}

/** Past the quote that ends the string whose first quote is at `at`. */
function stringEnd(json: string, at: number): number {
  for (at++; at < json.length; at++) {
    const unit = json.charCodeAt(at)
    if (unit === QUOTE) return at + 1
    if (unit === BACKSLASH) at++
  }
  return at
}

function textOf(json: string, at: number, end: number): string {
  const inside = json.slice(at + 1, end - 1)
  return inside.includes('\\') ? (JSON.parse(json.slice(at, end)) as string) : inside
}

/** Past the value that begins at `at`. */
function valueEnd(json: string, at: number): number {
  let depth = 0
  for (; at < json.length; at++) {
    const unit = json.charCodeAt(at)
    if (unit === QUOTE) {
      at = stringEnd(json, at) - 1
      if (depth === 0) return at + 1
    } else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth++
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (depth === 0 && (unit === COMMA || isSpace(unit))) {
      return at
    }
  }
  return at
}
