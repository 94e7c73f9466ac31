/** For each kind, the functions that give it, and how to make their arguments. Every function of the language is here. */
import type { Expression } from '../../plan/expression.ts'
import type { FunctionName, FunctionOptions } from '../../plan/function/catalogue.ts'
import type { TimePart, TimeUnit } from '../../plan/function/function.ts'
import { type ColumnType, type Kind, t } from '../../schema/type.ts'
import type { ExpressionMaker, Wish } from './expressions.ts'

export interface Production {
  readonly fn: FunctionName
  make(maker: ExpressionMaker, depth: number, wish: Wish): Expression
}

const FIRM: Wish = { firm: true }
const PATTERNS = ['^a', '[a-c]+', '(\\d+)', '(a)|(b)', '\\s', '.', '^$', 'b$', '(?:x|1)\\d?', '[^a]{1,2}?']
const SEPARATORS = [',', 'a', '-', 'ab']
const PATHS: readonly (readonly (string | number)[])[] = [['a'], ['b', 2, 'c'], ['a', 'b'], [0], ['b', 1]]
const HOURS = 3_600_000_000
const DAY = 24 * HOURS
const DAY_UNITS: readonly TimeUnit[] = ['day', 'week', 'month', 'quarter', 'year']
const UNITS: readonly TimeUnit[] = ['microsecond', 'millisecond', 'second', 'minute', 'hour', ...DAY_UNITS]
const DAY_PARTS: readonly TimePart[] = ['year', 'quarter', 'month', 'week', 'day', 'dayOfWeek', 'dayOfYear']
const PARTS: readonly TimePart[] = [...DAY_PARTS, 'hour', 'minute', 'second', 'millisecond', 'microsecond']
const SUMMABLE: readonly Kind[] = ['int32', 'int64', 'float64', 'decimal']

/** Functions that exist for every kind. */
function anyKind(kind: Kind): Production[] {
  return [
    {
      fn: 'case',
      make: (m, depth, wish) => {
        const arm = () => [m.of('bool', depth, FIRM), m.of(kind, depth, wish)]
        const arms = m.random.chance(0.3) ? [...arm(), ...arm()] : arm()
        return m.call('case', [...arms, m.of(kind, depth, wish)])
      },
    },
    {
      fn: 'coalesce',
      make: (m, depth, wish) => m.call('coalesce', [m.of(kind, depth, wish), m.of(kind, depth, wish)]),
    },
  ]
}

/** Functions of kinds with an order. */
function ofComparable(kind: Kind): Production[] {
  const pair = (fn: FunctionName): Production => ({
    fn,
    make: (m, depth, wish) => m.call(fn, [m.of(kind, depth, wish), m.of(kind, depth, wish)]),
  })
  const strictly: Production = {
    fn: 'nullif',
    make: (m, depth, wish) =>
      m.call('nullif', [m.of(kind, depth, { ...wish, ...FIRM }), m.of(kind, 0, { ...wish, ...FIRM })]),
  }
  return [...anyKind(kind), pair('least'), pair('greatest'), strictly]
}

/** A function of operands of one kind, with options. */
function arithmetic(
  fn: FunctionName,
  kinds: readonly Kind[],
  options: (m: ExpressionMaker) => FunctionOptions = () => ({}),
  wish: Wish = {},
): Production {
  return {
    fn,
    make: (m, depth, outer) =>
      m.call(
        fn,
        kinds.map(kind => m.operand(kind, depth, { ...outer, ...wish })),
        options(m),
      ),
  }
}

/** A sum or difference; the result is of the wider kind where the operands differ. */
function sum(fn: 'add' | 'sub', kind: Kind): Production {
  return {
    fn,
    make: (m, depth, wish) => m.call(fn, [m.operand(kind, depth, wish), m.operand(m.kin(kind), depth, wish)]),
  }
}

/** A product of one operand and a small literal, so that it seldom overflows. */
function product(kind: Kind): Production {
  const factors: Readonly<Partial<Record<Kind, ColumnType>>> = {
    int32: t.int32(),
    int64: t.int64(),
    float64: t.float64(),
    decimal: t.decimal(4, 1),
  }
  return {
    fn: 'mul',
    make: (m, depth, wish) => m.call('mul', [m.operand(kind, depth, wish), m.literal(factors[kind]!)]),
  }
}

const castTo = (from: readonly Kind[], to: (m: ExpressionMaker) => ColumnType): Production[] => [
  {
    fn: 'tryCast',
    make: (m, depth) => m.call('tryCast', [m.of(m.random.pick(from), depth, FIRM)], { to: to(m) }),
  },
  {
    fn: 'cast',
    make: (m, depth) => {
      const calm = from.filter(kind => kind !== 'string')
      const kind = calm.length > 0 ? m.random.pick(calm) : 'string'
      return m.call('cast', [m.operand(kind, depth, FIRM)], { to: to(m) })
    },
  },
]

function numeric(kind: Kind): Production[] {
  return [
    ...ofComparable(kind),
    sum('add', kind),
    sum('sub', kind),
    product(kind),
    arithmetic('neg', [kind]),
    arithmetic('abs', [kind]),
    arithmetic('round', [kind], m => ({ scale: m.random.int(0, 3) }), FIRM),
    arithmetic('floor', [kind], undefined, FIRM),
    arithmetic('ceil', [kind], undefined, FIRM),
  ]
}

const whole = (kind: Kind): Production[] => [
  ...numeric(kind),
  arithmetic('intDiv', [kind, kind]),
  arithmetic('mod', [kind, kind]),
]

const extract = (kind: Kind, parts: readonly TimePart[]): Production => ({
  fn: 'extract',
  make: (m, depth) => m.call('extract', [m.of(kind, depth)], { part: m.random.pick(parts) }),
})

const diff = (kind: Kind, units: readonly TimeUnit[]): Production => ({
  fn: 'diff',
  make: (m, depth) => m.call('diff', [m.of(kind, depth), m.of(kind, depth)], { unit: m.random.pick(units) }),
})

const moved = (kind: Kind, units: readonly TimeUnit[], unit: number): Production[] => [
  {
    fn: 'truncate',
    make: (m, depth, wish) => m.call('truncate', [m.of(kind, depth, wish)], { unit: m.random.pick(units) }),
  },
  arithmetic('dateAdd', [kind], m => ({ micros: unit * m.random.int(-50, 50) })),
]

const comparisons: Production[] = (['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const).map(fn => ({
  fn,
  make: (m, depth) => {
    const kind = m.comparableKind()
    return m.call(fn, [m.of(kind, depth, FIRM), m.of(m.kin(kind), depth, FIRM)])
  },
}))

const logic: Production[] = [
  ...(['and', 'or'] as const).map(
    (fn): Production => ({
      fn,
      make: (m, depth) => m.call(fn, [m.of('bool', depth, FIRM), m.of('bool', depth, FIRM)]),
    }),
  ),
  { fn: 'not', make: (m, depth) => m.call('not', [m.of('bool', depth, FIRM)]) },
  { fn: 'isNull', make: (m, depth) => m.call('isNull', [m.of(m.comparableKind(), depth)]) },
  {
    fn: 'in',
    make: (m, depth) => {
      const kind = m.comparableKind()
      const others = Array.from({ length: m.random.int(1, 3) }, () => m.leaf(m.kin(kind), FIRM))
      return m.call('in', [m.of(kind, depth, FIRM), ...others])
    },
  },
]

const text = (
  fn: FunctionName,
  count: number,
  options?: (m: ExpressionMaker) => FunctionOptions,
): Production => arithmetic(fn, Array<Kind>(count).fill('string'), options)

const pattern = (m: ExpressionMaker) => ({ pattern: m.random.pick(PATTERNS) })

const texts: Production[] = [
  text('concat', 2),
  text('lower', 1),
  text('upper', 1),
  text('trim', 1),
  text('replace', 3),
  text('regexpExtract', 1, m => ({ ...pattern(m), group: m.random.int(0, 1) })),
  {
    fn: 'substring',
    make: (m, depth) => {
      const [start, length] = [m.random.int(1, 4), m.random.int(0, 3)]
      return m.call('substring', [
        m.of('string', depth),
        m.constant(t.int32(), start),
        m.constant(t.int32(), length),
      ])
    },
  },
  {
    fn: 'splitPart',
    make: (m, depth) => {
      const separator = m.constant(t.string(), m.random.pick(SEPARATORS))
      return m.call('splitPart', [
        m.of('string', depth),
        separator,
        m.constant(t.int32(), m.random.int(1, 3)),
      ])
    },
  },
  {
    fn: 'sha256',
    make: (m, depth) => m.call('sha256', [m.of(m.random.pick(['string', 'bytes', 'enum']), depth)]),
  },
  {
    fn: 'jsonGet',
    make: (m, depth) => m.call('jsonGet', [m.of('json', depth)], { path: m.random.pick(PATHS) }),
  },
]

const decimals = (m: ExpressionMaker): ColumnType =>
  m.random.pick([t.decimal(12, 2), t.decimal(15, 3), t.decimal(14, 0)])

const quotient: Production = {
  fn: 'decDiv',
  make: (m, depth, wish) =>
    m.call('decDiv', [m.operand('decimal', depth, wish), m.literal(t.decimal(4, 1))], {
      scale: m.random.int(0, 4),
    }),
}

export const productions: Readonly<Record<Kind, readonly Production[]>> = {
  bool: [
    ...anyKind('bool'),
    ...comparisons,
    ...logic,
    text('startsWith', 2),
    text('endsWith', 2),
    text('contains', 2),
    text('regexpMatch', 1, pattern),
    ...castTo(['string', 'bool'], () => t.bool()).slice(0, 1),
  ],
  int32: [
    ...whole('int32'),
    text('length', 1),
    extract('timestamp', PARTS),
    extract('date', DAY_PARTS),
    ...castTo(['bool', ...SUMMABLE, 'string'], () => t.int32()),
  ],
  int64: [
    ...whole('int64'),
    diff('timestamp', UNITS.slice(0, 7)),
    diff('date', ['day', 'week']),
    ...castTo([...SUMMABLE, 'string'], () => t.int64()),
  ],
  float64: [
    ...numeric('float64'),
    ...(['int32', 'int64', 'decimal', 'float64'] as const).map(kind => arithmetic('fdiv', [kind, kind])),
    arithmetic('power', ['float64', 'int32']),
    arithmetic('sqrt', ['float64']),
    arithmetic('ln', ['int32']),
    ...castTo([...SUMMABLE, 'string'], () => t.float64()),
  ],
  decimal: [...numeric('decimal'), quotient, ...castTo([...SUMMABLE, 'string'], decimals)],
  string: [
    ...ofComparable('string'),
    ...texts,
    ...castTo(['bool', 'int32', 'int64', 'decimal', 'date', 'timestamp', 'uuid', 'enum', 'json'], () =>
      t.string(),
    ),
  ],
  bytes: ofComparable('bytes'),
  date: [
    ...ofComparable('date'),
    ...moved('date', DAY_UNITS, DAY),
    ...castTo(['timestamp', 'date', 'string'], () => t.date()),
  ],
  timestamp: [
    ...ofComparable('timestamp'),
    ...moved('timestamp', UNITS, HOURS),
    ...castTo(['date', 'timestamp', 'string'], () => t.timestamp()),
  ],
  uuid: [...ofComparable('uuid'), ...castTo(['string', 'uuid'], () => t.uuid())],
  enum: [...ofComparable('enum'), ...castTo(['string'], () => t.enum('red', 'green', 'Blue')).slice(0, 1)],
  json: anyKind('json'),
  list: anyKind('list'),
}
