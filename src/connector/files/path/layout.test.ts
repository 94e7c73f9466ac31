import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seeded } from '../../../runtime/random.ts'
import type { Cell } from '../../../schema/cell.ts'
import { MAX_INSTANT, MIN_INSTANT } from '../../../schema/instant.ts'
import { type Schema, t } from '../../../schema/type.ts'
import { torture } from '../../../testing/torture.ts'
import { checkAligned, type DateParts, intervalAt, intervalOfParts } from './dated.ts'
import { checkPartitionBy, hiveCells, hiveFolder } from './hive.ts'
import { datedPathAt, isExact, type Layout, layoutOf } from './layout.ts'
import { matchName, type Segment } from './pattern.ts'

const SEED = 3_001
const layout = (path: string, partitionBy?: string[]): Layout =>
  layoutOf('files.csv', path, partitionBy === undefined ? {} : { partitionBy })

describe('layouts', () => {
  test('are known by their path alone', () => {
    const cases: [string, Layout['kind'], string][] = [
      ['a.csv', 'file', 'a.csv'],
      ['data/x/', 'folder', 'data/x'],
      ['data/*.csv', 'pattern', 'data'],
      ['*.csv', 'pattern', ''],
      ['/abs/*/x.csv', 'pattern', '/abs'],
      ['/*.csv', 'pattern', '/'],
      ['data/{a,b}/c/*.csv', 'pattern', 'data'],
      ['{a,b}.csv', 'pattern', ''],
      ['logs/{yyyy}/{MM}/{dd}.csv', 'dated', 'logs'],
      ['logs/web-{yyyy}{MM}.csv', 'dated', 'logs'],
      ['./x/{yyyy}-{MM}-{dd}T{HH}/', 'dated', './x'],
    ]
    for (const [path, kind, root] of cases) {
      const found = layout(path)
      assert.deepEqual([found.kind, found.root], [kind, root], path)
    }
    assert.equal(layout('data', ['day']).kind, 'folder')
  })

  test('the unit is the shortest that the path names', () => {
    assert.equal(layout('{yyyy}.csv').unit, 'year')
    assert.equal(layout('{yyyy}/{yyyy}-{MM}.csv').unit, 'month')
    assert.equal(layout('{dd}.{MM}.{yyyy}.csv').unit, 'day')
    assert.equal(layout('{yyyy}-{MM}-{dd}/{HH}.csv').unit, 'hour')
  })

  test('what names no time, and what is no path, is refused', () => {
    const refused: [unknown, string, RegExp][] = [
      ['', 'INVALID_ARGUMENT', /takes a path/],
      [7, 'INVALID_ARGUMENT', /not 7/],
      ['a\0b', 'INVALID_ARGUMENT', /U\+0000/],
      ['s3://bucket/x.csv', 'REFUSED', /URL/],
      ['{MM}-{dd}.csv', 'REFUSED', /not the year.*Add \{yyyy\}/],
      ['{yyyy}-{dd}.csv', 'REFUSED', /not the month.*Add \{MM\}/],
      ['{yyyy}-{mm}.csv', 'INVALID_ARGUMENT', /\{mm\}.*\{MM\}/],
      ['{1..3}.csv', 'INVALID_ARGUMENT', /stands for nothing/],
      ['{yyyy}/{a,b}.csv', 'REFUSED', /alternatives/],
      ['[z-a].csv', 'INVALID_ARGUMENT', /range/],
      [`${'{a,b}'.repeat(11)}.csv`, 'INVALID_ARGUMENT', /1000/],
    ]
    for (const [path, code, message] of refused) {
      assert.throws(() => layout(path as string), { code, message }, String(path))
    }
  })

  test('only a dated path without wildcards has one path for a time', () => {
    assert.equal(isExact(layout('{yyyy}/x.csv')), true)
    assert.equal(isExact(layout('{yyyy}/*.csv')), false)
    assert.equal(isExact(layout('{yyyy}/**/x.csv')), false)
  })
})

/** What the parts of a dated path say, by the names of one path. */
function partsIn({ choices }: Layout, path: string): DateParts | undefined {
  const names = path.split('/')
  return choices[0]!.reduce<DateParts | undefined>((parts, segment: Segment, i) => {
    if (parts === undefined || typeof segment === 'string') return segment === names[i] ? parts : undefined
    return typeof segment === 'object' ? matchName(segment, names[i]!, parts) : undefined
  }, {})
}

describe('dated paths', () => {
  const paths = [
    'x/{yyyy}.csv',
    'x/{MM}/{yyyy}-{MM}.csv',
    'x/{yyyy}{MM}{dd}.csv',
    'x/d={yyyy}-{MM}-{dd}/h={HH}/a.csv',
  ]
  test('the path of an instant names the interval in which it lies', () => {
    const random = seeded(SEED)
    const span = Number(MAX_INSTANT - MIN_INSTANT)
    for (let i = 0; i < 2000; i++) {
      const micros =
        i === 0 ? MIN_INSTANT : i === 1 ? MAX_INSTANT : MIN_INSTANT + BigInt(Math.floor(random() * span))
      for (const path of paths) {
        const dated = layout(path)
        const interval = intervalAt(dated.unit!, micros)
        const context = `seed ${SEED}, ${micros} in ${path}`
        assert.ok(interval.from <= micros && micros < interval.to, context)
        assert.deepEqual(intervalOfParts(partsIn(dated, datedPathAt(dated, micros))!), interval, context)
        assert.equal(datedPathAt(dated, interval.to - 1n), datedPathAt(dated, interval.from), context)
        assert.equal(intervalAt(dated.unit!, interval.to).from, interval.to, context)
      }
    }
  })

  test('by hand', () => {
    const at = BigInt(Date.parse('2024-02-29T23:59:59.999Z')) * 1000n
    assert.equal(datedPathAt(layout('a/{yyyy}/{MM}/{dd}/x-{HH}.csv'), at), '2024/02/29/x-23.csv')
    assert.equal(datedPathAt(layout('a/{yyyy}-{MM}-{dd}/'), at), '2024-02-29')
    assert.equal(datedPathAt(layout('{yyyy}.csv'), MIN_INSTANT), '0001.csv')
  })

  test('what no calendar has names no time', () => {
    assert.equal(intervalOfParts({ year: 2023, month: 2, day: 29 }), undefined)
    assert.equal(intervalOfParts({ year: 2023, month: 13 }), undefined)
    assert.equal(intervalOfParts({ year: 2023, month: 0 }), undefined)
    assert.equal(intervalOfParts({ year: 2023, month: 1, day: 1, hour: 24 }), undefined)
    assert.equal(intervalOfParts({ year: 0 }), undefined)
    assert.equal(intervalOfParts({ month: 5 }), undefined)
  })

  test('a day whose month is not known yet leaves the whole year open', () => {
    assert.deepEqual(intervalOfParts({ year: 2024, day: 31 }), intervalOfParts({ year: 2024 }))
  })

  test('two parts of one path that disagree are no match', () => {
    assert.equal(partsIn(layout('{yyyy}/{yyyy}-{MM}.csv'), '2024/2023-01.csv'), undefined)
    assert.deepEqual(partsIn(layout('{yyyy}/{yyyy}-{MM}.csv'), '2024/2024-01.csv'), { year: 2024, month: 1 })
  })

  test('an interval that cuts a unit is refused', () => {
    const hour = 3_600_000_000n
    checkAligned('x', 'day', { from: 0n, to: 24n * hour })
    checkAligned('x', 'year', { from: MIN_INSTANT, to: MAX_INSTANT })
    assert.throws(() => checkAligned('x', 'day', { from: hour, to: 24n * hour }), {
      code: 'REFUSED',
      message: /from 1970-01-01T01:00:00.000Z.*UTC day/,
    })
    assert.throws(() => checkAligned('x', 'day', { from: 0n, to: hour }), {
      code: 'REFUSED',
      message: /to 1970/,
    })
  })
})

describe('names that fit a pattern', () => {
  const fits = (pattern: string, name: string): boolean => {
    const [segment] = layout(pattern).choices[0]!
    return typeof segment === 'object' && matchName(segment, name, {}) !== undefined
  }
  const cases: [string, string[], string[]][] = [
    ['*.csv', ['a.csv', 'é b.csv', 'a\nb.csv'], ['a.csv.gz', 'acsv', '.csv', '_a.csv']],
    ['a?.csv', ['ab.csv', 'a😀.csv'], ['a.csv', 'abc.csv']],
    ['[a-c]x', ['ax', 'cx'], ['dx', 'x', '-x']],
    ['[!a-c]x', ['dx'], ['ax']],
    ['[^a]x', ['bx', '^x'], ['ax']],
    ['[*]*', ['*', '*x'], ['a']],
    ['[]]?', [']a'], ['a]']],
    ['a+(b)*', ['a+(b)c'], ['aab', 'ab']],
    ['_*', ['_a'], ['a']],
    ['**.csv', ['a.csv'], ['a']],
  ]
  for (const [pattern, good, bad] of cases) {
    test(pattern, () => {
      for (const name of good) assert.ok(fits(pattern, name), `${name} fits`)
      for (const name of bad) assert.ok(!fits(pattern, name), `${name} does not fit`)
    })
  }
})

describe('Hive partitions', () => {
  test('every value of every type that can be a key comes back from its folder', () => {
    for (const { type, cells } of torture) {
      if (type.kind === 'list' || type.kind === 'json') continue
      const schema: Schema = { 'a=/%é': { ...type, nullable: true } }
      for (const [name, cell] of Object.entries(cells) as [string, Cell][]) {
        const folder = hiveFolder(Object.keys(schema), Object.values(schema), [cell])
        assert.ok(!folder.slice(1).includes('/') && !/[\u0000-\u001f]/.test(folder), folder)
        const back = hiveCells(`root/${folder}/part-0.csv`, Object.keys(schema), schema)
        assert.deepEqual(back, { 'a=/%é': cell }, `${type.kind} ${name}: ${folder}`)
      }
    }
  })

  test('null, the text that stands for null, and empty text are three folders', () => {
    const type = t.nullable(t.string())
    const folders = [null, '__HIVE_DEFAULT_PARTITION__', ''].map(cell => hiveFolder(['r'], [type], [cell]))
    assert.deepEqual(folders, ['r=__HIVE_DEFAULT_PARTITION__', 'r=%5F_HIVE_DEFAULT_PARTITION__', 'r='])
  })

  test('what other writers write is read', () => {
    const schema = { date: t.date(), region: t.string(), month: t.int32() }
    const path = 'w/extra=1/month=01/date=2024-01-31/region=a%20b%C3%A9%2f100%/x.parquet'
    assert.deepEqual(hiveCells(path, ['date', 'region', 'month'], schema), {
      date: 19_753,
      region: 'a bé/100%',
      month: 1,
    })
  })

  test('a folder that is missing, and a value that does not fit, are named', () => {
    const schema = { date: t.date(), n: t.int32() }
    const read = (path: string) => () => hiveCells(path, ['date'], schema)
    assert.throws(read('w/x.csv'), {
      code: 'SCHEMA_MISMATCH',
      message: /w\/x\.csv, partition column 'date': expected a folder/,
    })
    assert.throws(read('w/date=soon/x.csv'), {
      code: 'BAD_VALUE',
      message: /'date': expected date, found soon/,
    })
    assert.throws(read('w/date=__HIVE_DEFAULT_PARTITION__/x.csv'), {
      code: 'NULL_VALUE',
      message: /nullable/,
    })
  })

  test('columns that cannot be folders are refused', () => {
    const schema = { a: t.string(), l: t.list(t.int32()), j: t.json() }
    assert.throws(() => checkPartitionBy('x', schema, ['b']), {
      code: 'UNKNOWN_COLUMN',
      message: /'b'.*a, l, j/,
    })
    assert.throws(() => checkPartitionBy('x', schema, ['a', 'a']), { code: 'DUPLICATE_COLUMN' })
    assert.throws(() => checkPartitionBy('x', schema, ['l']), { code: 'TYPE_MISMATCH', message: /'l'.*list/ })
    assert.throws(() => checkPartitionBy('x', schema, ['j']), { code: 'TYPE_MISMATCH' })
    assert.throws(() => checkPartitionBy('x', { a: t.string() }, ['a']), { code: 'INVALID_ARGUMENT' })
    checkPartitionBy('x', schema, ['a'])
  })
})
