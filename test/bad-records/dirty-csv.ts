/** Random CSV files with all kinds of dirt, for tests that two readers judge them alike. */
import { type ColumnType, type Schema, t } from '../../src/schema/type.ts'

/** A column and fields of it as files spell them: some good, most not, or good for some readers only. */
export interface DirtyColumn {
  readonly type: ColumnType
  readonly good: readonly string[]
  readonly bad: readonly string[]
}

const numbers = [
  ...[
    ' 1',
    '1 ',
    '\t1',
    '1\t',
    '+1',
    '- 1',
    '--1',
    '007',
    '-0',
    '1.5',
    '1.0',
    '1.',
    '.5',
    '1e3',
    '1E3',
    '12e0',
    '5e2',
  ],
  ...[
    '1_000',
    '_1',
    '0x10',
    '0b11',
    'true',
    '',
    'null',
    'NULL',
    '\\N',
    '1-',
    '1L',
    '\u00a01',
    '１',
    '1\v',
    '1\f',
    '1\0',
    '$1',
  ],
  ...[
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775808',
    '123456789012345678',
    '1000000000000000',
  ],
  ...[
    'nan',
    'NaN',
    'inf',
    '-Infinity',
    '1e309',
    '1e-400',
    '-',
    '+',
    '.',
    '0.1e1',
    '1,5',
    '"1"',
    '""',
    '2147483648',
  ],
  ...['999999999999999', '-2147483648', '00000000000000000000001', '0.0000000000000000000001', '1d', '1f'],
]

const days = [
  ...[
    '2024-1-31',
    '24-01-01',
    '2024/01/31',
    '2024.01.31',
    '20240131',
    '2024-01-31 ',
    ' 2024-01-31',
    '2023-02-29',
  ],
  ...[
    '0000-12-31',
    '10000-01-01',
    '-0001-01-01',
    '2024-01-31 (BC)',
    'infinity',
    'epoch',
    '2024-01-031',
    '2024-01',
  ],
  ...[
    '2024-00-10',
    '2024-13-01',
    '2024-01-00',
    '2024-01-32',
    '2024-01-31x',
    '2024 01 31',
    '',
    '"2024-01-31"',
    '0999-02-29',
  ],
]

const clocks = [
  ...[
    'T24:00:00Z',
    'T23:59:60Z',
    'T12:00Z',
    'T12',
    '',
    't12:00:00Z',
    'T12:00:00z',
    '  12:00:00',
    'T 12:00:00',
    ' 1:00:00',
  ],
  ...[
    'T12:00:00.Z',
    'T12:00:00.1234567Z',
    'T12:00:00+02:00',
    'T12:00:00-05:30',
    'T12:00:00+02',
    'T12:00:00+0200',
  ],
  ...[
    'T12:00:00+24:00',
    'T12:00:00 UTC',
    'T12:00:00 Z',
    'T12:00:00Z ',
    'T1:00:00Z',
    'T01:0:00Z',
    'T01:00:0Z',
    'T99:99:99Z',
  ],
  ...[
    'T01:00:0.5Z',
    'T12.00.00Z',
    'T12:00:00 AM',
    'T12:00:00-00:00',
    'T12:00:00.1234560Z',
    'T23:60:00Z',
    ' 12:00:00 (BC)',
  ],
]

/** Halfway between two doubles, a little beside it, with more digits than a double has, and the longest that are plain. */
const roundings = [
  ...[
    '9007199254740993',
    '9007199254740992.5',
    '-9007199254740995',
    '9007199254740993.000000000000000000001',
  ],
  ...['4503599627370496.5', '4503599627370497.5', '0.500000000000000055511151231257827021181583404541015625'],
  ...[
    '0.1000000000000000055511151231257827021181583404541015625',
    '123456789012345678901234567890.123456789',
  ],
  ...[
    `0.${'0'.repeat(59)}1`,
    `-0.${'0'.repeat(40)}12345678901234567890`,
    '9'.repeat(60),
    '00000000000000000000.10',
  ],
]

export const dirtyColumns: readonly DirtyColumn[] = [
  { type: t.int32(), good: ['0', '-7', '2147483647', '123456789'], bad: numbers },
  { type: t.int64(), good: ['0', '-7', '999999999999999', '42'], bad: numbers },
  {
    type: t.decimal(5, 2),
    good: ['0', '-7.5', '999.99', '0.01'],
    bad: [...numbers, '1.005', '1000', '999.995', '1.500'],
  },
  { type: t.decimal(38, 10), good: ['1', '-0.0000000001', '12345.678'], bad: numbers },
  { type: t.float64(), good: ['0', '-0', '0.1', '-12345.6789', '100', ...roundings], bad: numbers },
  {
    type: t.bool(),
    good: ['true', 'false'],
    bad: ['TRUE', 't', 'F', '1', '0', 'yes', 'no', ' true', 'true ', 'truex', 'fals', ''],
  },
  { type: t.date(), good: ['2024-01-31', '0001-01-01', '9999-12-31', '2000-02-29'], bad: days },
  {
    type: t.timestamp(),
    good: [
      '2024-01-31T12:00:00Z',
      '2024-01-31 23:59:59.5',
      '1969-12-31T23:59:59.999999Z',
      '0001-01-01T00:00:00Z',
    ],
    bad: [
      ...clocks.map(clock => `2024-01-31${clock}`),
      ...days.map(day => `${day}T12:00:00Z`),
      ...days,
      '9999-12-31T23:59:59-00:01',
    ],
  },
  {
    type: t.string(),
    good: ['a', 'product-1', 'é😀', ' x '],
    bad: ['', '""', 'a"b', '"a"', '"a,b"', '"a\nb"', '"a', 'a\rb', 'a\0b', 'NULL', '"x""y"'],
  },
  { type: t.enum('red', 'green'), good: ['red', 'green'], bad: ['Red', ' red', ''] },
]

export interface DirtyCsv {
  readonly schema: Schema
  readonly bytes: Buffer
}

/** A file of a few columns; `dirt` is the chance that a field or a line is not clean. */
export function dirtyCsv(random: () => number, dirt: number): DirtyCsv {
  const below = (n: number): number => Math.floor(random() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const dirty = (): boolean => random() < dirt
  const chosen = Array.from({ length: 1 + below(5) }, () => pick(dirtyColumns))
  const unread = chosen.map(() => below(6) === 0)
  const schema: Record<string, ColumnType> = {}
  chosen.forEach(({ type }, i) => {
    if (!unread[i] || i === 0) schema[`c${i}`] = below(2) === 0 ? { ...type, nullable: true } : type
  })
  const end = below(4) === 0 ? '\r\n' : '\n'
  const lines = [chosen.map((_, i) => `c${i}`).join(',')]
  for (let row = below(30); row > 0; row--) {
    const fields = chosen.map(({ good, bad }) => (dirty() ? pick(bad) : pick(good)))
    if (dirty() && below(4) === 0) fields.splice(below(fields.length), 1)
    if (dirty() && below(4) === 0) fields.push('x')
    lines.push(fields.join(','))
    if (dirty() && below(3) === 0) lines.push(pick(['', ' ', '\r', '#', '\t']))
  }
  const text = lines.join(end) + (below(4) === 0 ? '' : end)
  const bytes = Buffer.from(below(8) === 0 ? `\ufeff${text}` : text)
  if (dirty() && below(4) === 0) bytes[below(bytes.length)] = pick([0xff, 0xc3, 0x00, 0x0d, 0x22, 0x0a])
  return { schema, bytes }
}
