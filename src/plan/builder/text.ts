/** Text, counted in code points. An enum counts as its text. Null in, null out. */
import { t } from '../../schema/type.ts'
import { ComparableExpr, type Expr } from './expr.ts'
import type { ExprOf, NullOf, NullsIn, Text } from './expression-types.ts'

type TextOperand = Expr<Text> | string
type TextResult<J, B = never> = ExprOf<'string', string | NullOf<J> | NullsIn<B>>
type TextTest<J, B = never> = ExprOf<'bool', boolean | NullOf<J> | NullsIn<B>>

/** A string or an enum. */
export class TextExpr<K extends Text, J> extends ComparableExpr<K, J> {
  /** This, then the others. */
  concat<const B extends readonly TextOperand[]>(...others: B): TextResult<J, B[number]> {
    return this.apply('concat', others, {}, t.string())
  }
  /** A–Z become a–z; other characters stay. */
  lower(): TextResult<J> {
    return this.apply('lower', [])
  }
  /** a–z become A–Z; other characters stay. */
  upper(): TextResult<J> {
    return this.apply('upper', [])
  }
  /** Without the spaces (U+0020) at both ends. */
  trim(): TextResult<J> {
    return this.apply('trim', [])
  }
  /** The number of code points. */
  length(): ExprOf<'int32', number | NullOf<J>> {
    return this.apply('length', [])
  }
  /** Code points from `start` (1 is the first): `length` of them at most, or all. */
  substring(start: number, length = 2_147_483_647): TextResult<J> {
    return this.apply('substring', [start, length], {}, t.int32())
  }
  startsWith<const B extends TextOperand>(prefix: B): TextTest<J, B> {
    return this.apply('startsWith', [prefix], {}, t.string())
  }
  endsWith<const B extends TextOperand>(suffix: B): TextTest<J, B> {
    return this.apply('endsWith', [suffix], {}, t.string())
  }
  contains<const B extends TextOperand>(part: B): TextTest<J, B> {
    return this.apply('contains', [part], {}, t.string())
  }
  /** Every occurrence of `part` replaced, left to right; an empty part changes nothing. */
  replace<const B extends TextOperand>(part: B, by: B): TextResult<J, B> {
    return this.apply('replace', [part, by], {}, t.string())
  }
  /** The n-th part (1 is the first) between separators; empty text beyond the last. */
  splitPart(separator: string, index: number): TextResult<J> {
    return this.apply('splitPart', [separator, index], {}, [t.string(), t.int32()])
  }
  /** Whether the pattern matches somewhere. The pattern is of the subset that every engine reads alike. */
  regexpMatch(pattern: string): TextTest<J> {
    return this.apply('regexpMatch', [], { pattern })
  }
  /** The capture group (0 = the whole match) of the first match; null where there is none. */
  regexpExtract(pattern: string, group = 0): ExprOf<'string', string | null> {
    return this.apply('regexpExtract', [], { pattern, group })
  }
  /** The SHA-256 of the UTF-8 bytes as 64 lower-case hex digits. */
  sha256(): TextResult<J> {
    return this.apply('sha256', [])
  }
}
