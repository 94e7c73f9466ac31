/**
 * Regular expressions that RE2, Java and JavaScript (with the `u` flag) read alike, once `toJavaScript` has spelled out
 * the classes that differ. The subset: literals, `.`, `[…]` with ranges and negation, `\d \w \s` and their capitals
 * (ASCII), `\b \B`, anchors `^ $` (the whole text), groups `(…)` and `(?:…)`, `|`, `* + ? {n} {n,} {n,m}` and their lazy
 * forms, and escaped punctuation. Not: look-around, back-references, named groups, flags, Unicode classes, possessive forms.
 *
 * Also refused is what they read differently: a repetition of something that can be empty (`(a*)*`, `(|a)?`: JavaScript
 * rejects an empty round, RE2 takes it), and counts of more than 1000 (RE2's bound). What a capture group inside a
 * repetition holds differs too (JavaScript forgets it at each round), so `regexpExtract` does not take such a group.
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
}

const ONE_CHARACTER: Part = { canBeEmpty: false, rounds: 1 }
const ASSERTION: Part = { canBeEmpty: true, rounds: 1 }

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
    this.alternatives()
    if (this.at < this.pattern.length) this.refuse('a ) has no (')
    return this.groups
  }

  private alternatives(): Part {
    let part = this.sequence()
    while (this.pattern[this.at] === '|') {
      this.at++
      const other = this.sequence()
      part = {
        canBeEmpty: part.canBeEmpty || other.canBeEmpty,
        rounds: Math.max(part.rounds, other.rounds),
      }
    }
    return part
  }

  private sequence(): Part {
    let part: Part = { canBeEmpty: true, rounds: 1 }
    while (this.at < this.pattern.length && !'|)'.includes(this.pattern[this.at]!)) {
      const next = this.quantified()
      part = {
        canBeEmpty: part.canBeEmpty && next.canBeEmpty,
        rounds: Math.max(part.rounds, next.rounds),
      }
    }
    return part
  }

  private quantified(): Part {
    const firstGroup = this.groups.length
    const item = this.item()
    const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})/.exec(this.pattern.slice(this.at))
    if (quantifier === null) return item
    const [text, least, , most] = quantifier
    if (item.canBeEmpty) this.refuse(`what ${text} repeats can be empty`)
    this.at += text.length
    if (this.pattern[this.at] === '?') this.at++
    else if (this.pattern[this.at] === '+') this.refuse('possessive repetition is not portable')
    if (text !== '?') for (const group of this.groups.slice(firstGroup)) group.repeated = true
    const rounds = item.rounds * Math.max(1, Number(most || least || 1))
    if (rounds > MOST_REPEATS) this.refuse(`it repeats more than ${MOST_REPEATS} times`)
    return { canBeEmpty: text === '*' || text === '?' || Number(least ?? 1) === 0, rounds }
  }

  private item(): Part {
    const c = this.pattern[this.at++]!
    if (c === '\\') return this.escape(false)
    if (c === '[') return this.characterClass()
    if (c === '(') return this.group()
    if (c === '^' || c === '$') return ASSERTION
    if ('*+?{}]'.includes(c)) this.refuse(`the ${c} must be escaped`)
    return ONE_CHARACTER
  }

  private group(): Part {
    if (this.pattern[this.at] !== '?') this.groups.push({ repeated: false })
    else if (this.pattern[this.at + 1] === ':') this.at += 2
    else this.refuse('of the (? forms only (?: ) is portable')
    const part = this.alternatives()
    if (this.pattern[this.at++] !== ')') this.refuse('a ( has no )')
    return part
  }

  private escape(inClass: boolean): Part {
    const c = this.pattern[this.at++] ?? ''
    if (!inClass && (c === 'b' || c === 'B')) return ASSERTION
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
      const c = this.pattern[this.at++]
      if (c === undefined) this.refuse('a [ has no ]')
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
    const c = this.pattern[this.at++]
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
