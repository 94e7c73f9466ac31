/** Text, counted in code points. Every function gives null for a null argument. An enum counts as its text. */
import { HeadraceError } from '../../errors.ts'
import { type ColumnType, t, withNull } from '../../schema/type.ts'
import type { FunctionSpec } from './function.ts'
import { checkPattern } from './pattern.ts'
import { anyNullable, atLeast, expectKinds } from './signature.ts'

const TEXT = ['string', 'enum'] as const

const textTo =
  (what: string, result: ColumnType): FunctionSpec['resolve'] =>
  types => {
    expectKinds(what, types, TEXT)
    return withNull(result, anyNullable(types))
  }

/** Text, then whole numbers. */
const withNumbers =
  (what: string): FunctionSpec['resolve'] =>
  (types, _options, args) => {
    expectKinds(what, [types[0]!], TEXT)
    expectKinds(what, types.slice(1), ['int32'])
    if (what === 'substring') checkLiteral(what, 'start', args[1]!, 1)
    if (what === 'substring') checkLiteral(what, 'length', args[2]!, 0)
    return withNull(t.string(), anyNullable(types))
  }

function checkLiteral(
  what: string,
  name: string,
  arg: { kind: string; value?: unknown },
  least: number,
): void {
  if (arg.kind === 'literal' && typeof arg.value === 'number' && arg.value >= least) return
  throw new HeadraceError('INVALID_ARGUMENT', `${what}: ${name} must be a constant of at least ${least}.`)
}

const splitPart: FunctionSpec['resolve'] = (types, _options, args) => {
  expectKinds('splitPart', types.slice(0, 2), TEXT)
  expectKinds('splitPart', types.slice(2), ['int32'])
  checkLiteral('splitPart', 'index', args[2]!, 1)
  const separator = args[1]!
  if (separator.kind !== 'literal' || separator.value === '') {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      'splitPart: the separator must be a constant, non-empty text.',
    )
  }
  return withNull(t.string(), anyNullable(types))
}

export const texts = {
  concat: {
    doc: 'All texts one after the other; null if any is null.',
    resolve: types => {
      atLeast('concat', types, 1)
      return textTo('concat', t.string())(types, {}, [])
    },
  },
  lower: { doc: 'A–Z become a–z; other characters stay.', resolve: textTo('lower', t.string()) },
  upper: { doc: 'a–z become A–Z; other characters stay.', resolve: textTo('upper', t.string()) },
  trim: { doc: 'Without the spaces (U+0020) at both ends.', resolve: textTo('trim', t.string()) },
  length: { doc: 'The number of code points.', resolve: textTo('length', t.int32()) },
  substring: {
    doc: 'Code points from `start` (1 is the first), `length` of them at most.',
    resolve: withNumbers('substring'),
  },
  startsWith: { doc: 'Whether the first begins with the second.', resolve: textTo('startsWith', t.bool()) },
  endsWith: { doc: 'Whether the first ends with the second.', resolve: textTo('endsWith', t.bool()) },
  contains: { doc: 'Whether the second occurs in the first.', resolve: textTo('contains', t.bool()) },
  replace: {
    doc: 'Every occurrence of the second in the first, left to right, replaced by the third; an empty second changes nothing.',
    resolve: textTo('replace', t.string()),
  },
  splitPart: {
    doc: 'The n-th part (1 is the first) between separators; empty text beyond the last.',
    resolve: splitPart,
  },
  regexpMatch: {
    doc: 'Whether the pattern matches somewhere in the text.',
    resolve: (types, options) => {
      checkPattern(options.pattern)
      return textTo('regexpMatch', t.bool())(types, options, [])
    },
  },
  regexpExtract: {
    doc: 'The capture group (0 = whole match) of the first match; null where nothing matches, empty text where the group took no part.',
    resolve: (types, options) => {
      const groups = checkPattern(options.pattern)
      const group = options.group ?? 0
      if (!Number.isInteger(group) || group < 0 || group > groups.length) {
        throw new HeadraceError(
          'INVALID_ARGUMENT',
          `regexpExtract: the pattern has ${groups.length} groups; there is no group ${group}.`,
        )
      }
      if (groups[group - 1]?.repeated) {
        throw new HeadraceError(
          'INVALID_ARGUMENT',
          `regexpExtract: group ${group} stands inside a repetition, where engines differ in what it holds. Put the repetition inside the group.`,
        )
      }
      expectKinds('regexpExtract', types, TEXT)
      return withNull(t.string(), true)
    },
  },
  sha256: {
    doc: 'The SHA-256 of the UTF-8 of a text, or of bytes, as 64 lower-case hex digits.',
    resolve: types => {
      expectKinds('sha256', types, ['string', 'enum', 'bytes'])
      return withNull(t.string(), anyNullable(types))
    },
  },
  jsonGet: {
    doc: 'The scalar at `path` of a JSON text as text: strings unescaped, true/false, numbers as written; null for null, an object, an array or nothing there. Of repeated keys the last counts.',
    resolve: (types, options) => {
      expectKinds('jsonGet', types, ['json'])
      if (!options.path?.length)
        throw new HeadraceError(
          'INVALID_ARGUMENT',
          "jsonGet: name a path, such as 'user.id' or ['items', 0].",
        )
      return withNull(t.string(), true)
    },
  },
} as const satisfies Record<string, FunctionSpec>
