/**
 * Regular expressions that RE2, Java and JavaScript (with the `u` flag) read alike, once `toJavaScript` has spelled out
 * the classes that differ. The subset: literals, `.`, `[…]` with ranges and negation, `\d \w \s` and their capitals
 * (ASCII), `\b`, anchors `^ $` (the whole text), groups `(…)` and `(?:…)`, `|`, `* + ? {n,m}` and their lazy forms,
 * and escaped punctuation. Not: look-around, back-references, named groups, flags, Unicode classes, possessive forms.
 */
import { HeadraceError } from '../../errors.ts'

const ESCAPES = new Set([...'dDwWsSbBtnrfv', ...'^$\\.*+?()[]{}|/-'])

/** Checks that a pattern is of the subset, and counts its capture groups. Throws INVALID_PATTERN. */
export function checkPattern(pattern: string | undefined): number {
  if (typeof pattern !== 'string') throw bad(String(pattern), 'it is not a text')
  let groups = 0
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    if (c === '\\') {
      const next = pattern[++i]
      if (next === undefined || !ESCAPES.has(next))
        throw bad(pattern, `the escape \\${next ?? ''} differs between engines`)
      if (inClass && 'DWSbB'.includes(next))
        throw bad(pattern, `\\${next} inside [ ] differs between engines`)
    } else if (inClass) {
      if (c === '[') throw bad(pattern, 'a [ inside [ ] must be escaped')
      if (c === '&' && pattern[i + 1] === '&') throw bad(pattern, '&& inside [ ] differs between engines')
      if (c === ']') inClass = false
    } else if (c === '[') {
      inClass = true
      if (pattern[i + 1] === '^') i++
      if (pattern[i + 1] === ']') throw bad(pattern, 'a ] at the start of [ ] must be escaped')
    } else if (c === '(') {
      if (pattern[i + 1] !== '?') groups++
      else if (pattern[i + 2] !== ':') throw bad(pattern, 'of the (? forms only (?: ) is portable')
    } else if ('*+?}'.includes(c) && pattern[i + 1] === '+') {
      throw bad(pattern, 'possessive repetition is not portable')
    }
  }
  try {
    new RegExp(toJavaScript(pattern), 'u')
  } catch (cause) {
    throw bad(pattern, (cause as Error).message)
  }
  return groups
}

/** The JavaScript source (for the `u` flag) that matches what RE2 matches: `.` stops at \n only, `\s` is ASCII without \v. */
export function toJavaScript(pattern: string): string {
  let out = ''
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    if (c === '\\') {
      const next = pattern[++i] ?? ''
      if (next === 's') out += inClass ? '\\t\\n\\f\\r ' : '[\\t\\n\\f\\r ]'
      else if (next === 'S') out += '[^\\t\\n\\f\\r ]'
      // With the u flag JavaScript allows \- only inside a class.
      else out += next === '-' && !inClass ? '-' : `\\${next}`
      continue
    }
    if (c === '[') inClass = true
    else if (c === ']') inClass = false
    out += c === '.' && !inClass ? '[^\\n]' : c
  }
  return out
}

function bad(pattern: string, why: string): HeadraceError {
  return new HeadraceError(
    'INVALID_PATTERN',
    `The pattern /${pattern}/ is refused: ${why}. Use the subset that every engine reads alike.`,
  )
}
