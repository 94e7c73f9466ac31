/**
 * Regular expressions that RE2, Java and JavaScript (with the `u` flag) read alike, once `toJavaScript` has spelled out
 * the classes that differ. The subset: literals, `.`, `[…]` with ranges and negation, `\d \w \s` and their capitals
 * (ASCII), `\b`, anchors `^ $` (the whole text) at the ends, groups `(…)` and `(?:…)`, `|`, `* + ? {n} {n,} {n,m}` and their
 * lazy forms, and escaped punctuation. Not: look-around, back-references, named groups, flags, Unicode classes, possessive
 * forms.
 *
 * Also refused is what they read differently: a repetition of something that can be empty (`(a*)*`, `(|a)?`: JavaScript
 * rejects an empty round, RE2 takes it), a `^` after or a `$` before other items (RE2 finds `a^` in "a"), `\B` (RE2 finds it
 * inside the bytes of a character), and counts of more than 1000 (RE2's bound). What a capture group inside a repetition
 * holds differs too (JavaScript forgets it at each round), so `regexpExtract` does not take such a group.
 */
import { HeadraceError } from '../../errors.ts'

const CLASS_ESCAPES = 'dDwWsS'
const PUNCTUATION = '^$\\.*+?()[]{}|/-'
const CONTROLS = 'tnrfv'
const MOST_REPEATS = 1000

/** For each capture group, in order: whether it stands inside a repetition. */
export type PatternGroups = readonly { readonly repeated: boolean }[]

/** What a part of a pattern is made of. */
interface Part {
  readonly canBeEmpty: boolean
  /** The most rounds that counted repetitions inside ask for, multiplied. */
  readonly rounds: number
  /** Has a `^` or a `$`, which no quantifier may follow. */
  readonly anchored: boolean
  /** Has a `$`: nothing may follow. */
  readonly ends: boolean
}

const EMPTY: Part = { canBeEmpty: true, rounds: 1, anchored: false, ends: false }
const ONE_CHARACTER: Part = { ...EMPTY, canBeEmpty: false }
const START: Part = { ...EMPTY, anchored: true }
const END: Part = { ...EMPTY, anchored: true, ends: true }

const joined = (a: Part, b: Part, canBeEmpty: boolean): Part => ({
  canBeEmpty,
  rounds: Math.max(a.rounds, b.rounds),
  anchored: a.anchored || b.anchored,
  ends: a.ends || b.ends,
})

/** Checks that a pattern is of the subset, and describes its capture groups. Throws INVALID_PATTERN. */
export function checkPattern(pattern: string | undefined): PatternGroups {
  if (typeof pattern !== 'string') throw bad(String(pattern), 'it is not a text')
  const groups = new PatternReader(pattern).read()
  try {
    new RegExp(toJavaScript(pattern), 'u')
  } catch (cause) {
    throw bad(pattern, (cause as Error).message)
  }
  return groups
}

/** A recursive descent over the grammar: alternatives of sequences of quantified items. */
class PatternReader {
  private readonly pattern: string
  private at = 0
  private readonly groups: { repeated: boolean }[] = []

  constructor(pattern: string) {
    this.pattern = pattern
  }

  read(): PatternGroups {
    if (!this.pattern.isWellFormed()) this.refuse('it has a lone surrogate')
    this.alternatives(true)
    if (this.at < this.pattern.length) this.refuse('a ) has no (')
    return this.groups
  }

  /** `atStart`: nothing stands before it in the pattern, so that it may begin with `^`. */
  private alternatives(atStart: boolean): Part {
    let part = this.sequence(atStart)
    while (this.pattern[this.at] === '|') {
      this.at++
      const other = this.sequence(atStart)
      part = joined(part, other, part.canBeEmpty || other.canBeEmpty)
    }
    return part
  }

  private sequence(atStart: boolean): Part {
    let part = EMPTY
    while (this.at < this.pattern.length && !'|)'.includes(this.pattern[this.at]!)) {
      if (part.ends) this.refuse('something follows a $')
      const next = this.quantified(atStart)
      part = joined(part, next, part.canBeEmpty && next.canBeEmpty)
      atStart = false
    }
    return part
  }

  private quantified(atStart: boolean): Part {
    const firstGroup = this.groups.length
    const item = this.item(atStart)
    const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})/.exec(this.pattern.slice(this.at))
    if (quantifier === null) return item
    const [text, least, , most] = quantifier
    if (item.canBeEmpty) this.refuse(`what ${text} repeats can be empty`)
    if (item.anchored) this.refuse(`what ${text} repeats has an anchor`)
    this.at += text.length
    if (this.pattern[this.at] === '?') this.at++
    else if (this.pattern[this.at] === '+') this.refuse('possessive repetition is not portable')
    if (text !== '?') for (const group of this.groups.slice(firstGroup)) group.repeated = true
    const rounds = item.rounds * Math.max(1, Number(most || least || 1))
    if (rounds > MOST_REPEATS) this.refuse(`it repeats more than ${MOST_REPEATS} times`)
    return { ...item, canBeEmpty: text === '*' || text === '?' || Number(least ?? 1) === 0, rounds }
  }

  private item(atStart: boolean): Part {
    const c = this.next()
    if (c === '\\') return this.escape(false)
    if (c === '[') return this.characterClass()
    if (c === '(') return this.group(atStart)
    if (c === '$') return END
    if (c === '^' && !atStart) this.refuse('something stands before a ^')
    if (c === '^') return START
    if ('*+?{}]'.includes(c)) this.refuse(`the ${c} must be escaped`)
    return ONE_CHARACTER
  }

  /** The next code point; empty text at the end. */
  private next(): string {
    const c = this.pattern.codePointAt(this.at)
    if (c === undefined) return ''
    const text = String.fromCodePoint(c)
    this.at += text.length
    return text
  }

  private group(atStart: boolean): Part {
    if (this.pattern[this.at] !== '?') this.groups.push({ repeated: false })
    else if (this.pattern[this.at + 1] === ':') this.at += 2
    else this.refuse('of the (? forms only (?: ) is portable')
    const part = this.alternatives(atStart)
    if (this.next() !== ')') this.refuse('a ( has no )')
    return part
  }

  private escape(inClass: boolean): Part {
    const c = this.next()
    if (!inClass && c === 'b') return EMPTY
    // \D, \W and \S inside [ ] would need JavaScript's \s to be subtracted.
    const known = (inClass ? 'dws' : CLASS_ESCAPES) + PUNCTUATION + CONTROLS
    if (c === '' || !known.includes(c)) {
      this.refuse(`the escape \\${c}${inClass ? ' inside [ ]' : ''} differs between engines`)
    }
    return ONE_CHARACTER
  }

  private characterClass(): Part {
    if (this.pattern[this.at] === '^') this.at++
    if (this.pattern[this.at] === ']') this.refuse('a ] at the start of [ ] must be escaped')
    for (let first = true; ; first = false) {
      const c = this.next()
      if (c === '') this.refuse('a [ has no ]')
      if (c === ']') return ONE_CHARACTER
      if (c === '[') this.refuse('a [ inside [ ] must be escaped')
      if (c === '&' && this.pattern[this.at] === '&') this.refuse('&& inside [ ] differs between engines')
      if (c === '-' && !first && this.pattern[this.at] !== ']') this.refuse('a - inside [ ] must be escaped')
      if (c === '\\') this.escape(true)
      if (this.pattern[this.at] === '-' && this.pattern[this.at + 1] !== ']') this.rangeEnd()
    }
  }

  private rangeEnd(): void {
    this.at++
    const c = this.next()
    if (c === '[') this.refuse('a [ inside [ ] must be escaped')
    if (c === '\\') this.escape(true)
  }

  private refuse(why: string): never {
    throw bad(this.pattern, why)
  }
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
