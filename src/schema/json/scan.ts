/**
 * The byte scanner under the JSON decoders. It reads one record that lies whole in `bytes`, checks JSON's grammar
 * (RFC 8259) as it goes, and stops by itself at the record's end: the byte after a record is one that no value can
 * contain (a line feed in NDJSON, the `,` or `]` of an array, NUL in `checkJson`), so no loop has to look at an end.
 */
import { NumberScan, scanNumber } from '../text/number-scan.ts'
import { fail } from '../text/scan-error.ts'

/** Deepest nesting of arrays and objects in one record. */
export const MAX_DEPTH = 1000

/** Where the scanner stands, and what it last read. */
export class Scan extends NumberScan {
  /** 10 where a line feed is white space; where it ends the record, 32 once more. */
  readonly newline: number
  /** The same memory as `bytes`, for reading words. */
  view: DataView = new DataView(new ArrayBuffer(0))
  /** The last string has escapes, so that its bytes are not its text. */
  escaped = false

  constructor(lines: boolean) {
    super()
    this.newline = lines ? 32 : 10
  }

  /** Goes to the beginning of other bytes. */
  enter(bytes: Buffer): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
    this.pos = 0
  }
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Skips white space and gives the byte that follows, not consumed. */
export function peek(s: Scan): number {
  const bytes = s.bytes
  let c = bytes[s.pos]!
  while (c <= 32 && (c === 32 || c === 9 || c === 13 || c === s.newline)) c = bytes[++s.pos]!
  return c
}

/** Skips white space and consumes the byte `c`. */
export function expect(s: Scan, c: number, what: string): void {
  if (peek(s) !== c) failAt(s, what)
  s.pos++
}

/** The error of a byte that the grammar does not allow. */
export function failAt(s: Scan, expected: string): never {
  fail('BAD_RECORD', `expected ${expected}`, s.pos)
}

/** Scans a string from its opening quote; gives the position of its closing quote. */
export function scanString(s: Scan): number {
  const bytes = s.bytes
  let pos = s.pos + 1
  let c = bytes[pos]!
  while (c !== QUOTE && c !== BACKSLASH && c >= 32) c = bytes[++pos]!
  if (c !== QUOTE) return scanEscaped(s, pos)
  s.escaped = false
  s.pos = pos + 1
  return pos
}

export const QUOTE = 34
export const BACKSLASH = 92

/** The rest of a string from its first backslash or bad byte. */
function scanEscaped(s: Scan, from: number): number {
  const bytes = s.bytes
  let pos = from
  for (let c = bytes[pos]!; c !== QUOTE; c = bytes[pos]!) {
    if (c < 32) fail('BAD_RECORD', 'a string holds a control character or does not end', pos)
    if (c !== BACKSLASH) pos++
    else if (bytes[pos + 1] === 0x75) pos = scanUnicode(bytes, pos)
    else if (ESCAPES.includes(bytes[pos + 1]!)) pos += 2
    else fail('BAD_RECORD', 'a string holds an unknown escape', pos)
  }
  s.escaped = true
  s.pos = pos + 1
  return pos
}

const ESCAPES = Buffer.from('"\\/bfnrt')

/** Checks one \uXXXX, or two where the first is half of a pair; gives the position after. */
function scanUnicode(bytes: Buffer, pos: number): number {
  const unit = hexAt(bytes, pos + 2)
  if (unit < 0xd800 || unit > 0xdfff) return pos + 6
  const paired =
    unit < 0xdc00 && bytes[pos + 6] === BACKSLASH && bytes[pos + 7] === 0x75 ? hexAt(bytes, pos + 8) : 0
  if (paired < 0xdc00 || paired > 0xdfff) fail('ILL_FORMED_TEXT', 'has a lone surrogate', pos)
  return pos + 12
}

function hexAt(bytes: Buffer, pos: number): number {
  const digits = bytes.toString('latin1', pos, pos + 4)
  if (!/^[\da-f]{4}$/i.test(digits)) fail('BAD_RECORD', '\\u is not followed by four hexadecimal digits', pos)
  return Number.parseInt(digits, 16)
}

/** Scans `true`, `false` or `null`. */
export function scanWord(s: Scan, word: Buffer): void {
  for (let i = 0; i < word.length; i++) {
    if (s.bytes[s.pos + i] !== word[i]) failAt(s, `${word}`)
  }
  s.pos += word.length
}

export const TRUE = Buffer.from('true')
export const FALSE = Buffer.from('false')
export const NULL = Buffer.from('null')

/** Scans any value, checking all of it. */
export function scanValue(s: Scan, depth: number): void {
  switch (peek(s)) {
    case QUOTE:
      scanString(s)
      return
    case OPEN_BRACE:
      scanObject(s, depth + 1)
      return
    case OPEN_BRACKET:
      scanArray(s, depth + 1)
      return
    case 0x74:
      scanWord(s, TRUE)
      return
    case 0x66:
      scanWord(s, FALSE)
      return
    case 0x6e:
      scanWord(s, NULL)
      return
    default:
      if (!scanNumber(s)) failAt(s, 'a value')
  }
}

function scanObject(s: Scan, depth: number): void {
  checkDepth(s, depth)
  s.pos++
  if (peek(s) === CLOSE_BRACE) {
    s.pos++
    return
  }
  for (;;) {
    if (peek(s) !== QUOTE) failAt(s, 'a quoted key')
    scanString(s)
    expect(s, 0x3a, "':'")
    scanValue(s, depth)
    if (peek(s) === CLOSE_BRACE) break
    expect(s, COMMA, "',' or '}'")
  }
  s.pos++
}

function scanArray(s: Scan, depth: number): void {
  checkDepth(s, depth)
  s.pos++
  if (peek(s) === CLOSE_BRACKET) {
    s.pos++
    return
  }
  for (;;) {
    scanValue(s, depth)
    if (peek(s) === CLOSE_BRACKET) break
    expect(s, COMMA, "',' or ']'")
  }
  s.pos++
}

export const COMMA = 0x2c
export const OPEN_BRACE = 0x7b
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACE = 0x7d
export const CLOSE_BRACKET = 0x5d

function checkDepth(s: Scan, depth: number): void {
  if (depth > MAX_DEPTH) fail('BAD_RECORD', `nests deeper than ${MAX_DEPTH} levels`, s.pos)
}
