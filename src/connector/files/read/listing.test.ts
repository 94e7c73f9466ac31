import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { layoutOf } from '../path/layout.ts'
import { listFiles } from './listing.ts'

let dir = ''
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'headrace-listing-'))
  const paths = [
    'a/1.csv',
    'a/2.csv',
    'a/10.csv',
    'a/_3.csv',
    'a/.4.csv',
    'a/b/5.csv',
    'a/_c/6.csv',
    'plain/x',
    'plain/y.csv',
    'plain/_SUCCESS',
    'hive/d=1/p.csv',
    'hive/d=2/deep/p.csv',
    'hive/_staging-1/p.csv',
    'days/2024/01/31.csv',
    'days/2024/02/01.csv',
    'days/2024/02/30.csv',
    'days/2024/xx/01.csv',
    'days/2025/01/01.csv',
    'parts/2024-01-31/part-0.csv',
    'parts/2024-01-31/_x.csv',
    'parts/2024-02-01/part-0.csv',
    'parts/2024-02-01.csv',
    '[id]/x.csv',
  ]
  for (const path of paths) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), '')
  }
  await symlink(join(dir, 'a/b'), join(dir, 'a/linked'))
  await symlink(join(dir, 'a/1.csv'), join(dir, 'a/link.csv'))
})
after(() => rm(dir, { recursive: true }))

const micros = (day: string): bigint => BigInt(Date.parse(`${day}T00:00:00Z`)) * 1000n
async function names(path: string, partitionBy?: string[], days?: [string, string]): Promise<string[]> {
  const layout = layoutOf('files.csv', path, partitionBy === undefined ? {} : { partitionBy })
  const interval = days && { from: micros(days[0]), to: micros(days[1]) }
  const files = await listFiles(layout, dir, interval)
  for (const file of files) assert.ok(file.path.startsWith(dir), file.path)
  return files.map(file => file.name)
}

describe('patterns', () => {
  const cases: [string, string[]][] = [
    ['a/*.csv', ['a/1.csv', 'a/10.csv', 'a/2.csv', 'a/link.csv']],
    ['./a/?.csv', ['./a/1.csv', './a/2.csv']],
    ['a/{2,1}.csv', ['a/1.csv', 'a/2.csv']],
    ['a/{1,1,[1-2]}.csv', ['a/1.csv', 'a/2.csv']],
    ['a/{missing,1}.csv', ['a/1.csv']],
    ['a/**/5.csv', ['a/b/5.csv']],
    ['a/**', ['a/1.csv', 'a/10.csv', 'a/2.csv', 'a/b/5.csv', 'a/link.csv']],
    ['**/p.csv', ['hive/d=1/p.csv', 'hive/d=2/deep/p.csv']],
    ['*/5.csv', []],
    ['a/*/5.csv', ['a/b/5.csv', 'a/linked/5.csv']],
    ['*/d=[12]/p.csv', ['hive/d=1/p.csv']],
    ['a/_*.csv', ['a/_3.csv']],
    ['[[]id]/*.csv', ['[id]/x.csv']],
    ['hive/*/', ['hive/d=1/p.csv', 'hive/d=2/deep/p.csv']],
    ['none/*.csv', []],
  ]
  for (const [path, expected] of cases) {
    test(path, async () => assert.deepEqual(await names(path), expected))
  }

  test('an absolute path gives absolute names', async () => {
    assert.deepEqual(await names(`${dir}/a/b/*`), [`${dir}/a/b/5.csv`])
  })
})

describe('folders', () => {
  test('a plain one has its files, without what begins with _ or a point', async () => {
    for (const path of ['plain', 'plain/']) assert.deepEqual(await names(path), ['plain/x', 'plain/y.csv'])
  })

  test('one that holds folders is not guessed at', async () => {
    await assert.rejects(names('hive/'), { code: 'READ_FAILED', message: /partitionBy/ })
    await assert.rejects(names('a'), { code: 'READ_FAILED', message: /folder (b|linked).*a\/\*\*/ })
  })

  test('a partitioned one has the files of all folders', async () => {
    assert.deepEqual(await names('hive', ['d']), ['hive/d=1/p.csv', 'hive/d=2/deep/p.csv'])
    assert.deepEqual(await names('missing', ['d']), [])
  })

  test('a link to a folder that it lies in is refused', async () => {
    await mkdir(join(dir, 'circle/d=1'), { recursive: true })
    await symlink(join(dir, 'circle'), join(dir, 'circle/d=1/up'))
    await assert.rejects(names('circle', ['d']), { code: 'READ_FAILED', message: /lies in/ })
  })

  test('a plain path that does not exist is named', async () => {
    await assert.rejects(names('no.csv'), { code: 'NOT_FOUND', message: /no\.csv/ })
    await assert.rejects(names('no/'), { code: 'NOT_FOUND', message: /no/ })
  })
})

describe('dated paths', () => {
  test('have the files whose names are dates', async () => {
    const days = ['days/2024/01/31.csv', 'days/2024/02/01.csv', 'days/2025/01/01.csv']
    assert.deepEqual(await names('days/{yyyy}/{MM}/{dd}.csv'), days)
    assert.deepEqual(await names('days/{yyyy}/*/01.csv'), [
      'days/2024/02/01.csv',
      'days/2024/xx/01.csv',
      'days/2025/01/01.csv',
    ])
  })

  test('are cut to an interval of whole units', async () => {
    const path = 'days/{yyyy}/{MM}/{dd}.csv'
    assert.deepEqual(await names(path, undefined, ['2024-01-31', '2024-02-01']), ['days/2024/01/31.csv'])
    assert.deepEqual(await names(path, undefined, ['2024-02-01', '2025-01-02']), [
      'days/2024/02/01.csv',
      'days/2025/01/01.csv',
    ])
    assert.deepEqual(await names(path, undefined, ['2023-01-01', '2024-01-31']), [])
    await assert.rejects(names('days/{yyyy}/*/01.csv', undefined, ['2024-01-31', '2025-01-01']), {
      code: 'REFUSED',
      message: /days\/\{yyyy\}.*year/,
    })
  })

  test('that end in a slash are folders, and others files', async () => {
    assert.deepEqual(await names('parts/{yyyy}-{MM}-{dd}/'), [
      'parts/2024-01-31/part-0.csv',
      'parts/2024-02-01/part-0.csv',
    ])
    assert.deepEqual(await names('parts/{yyyy}-{MM}-{dd}.csv'), ['parts/2024-02-01.csv'])
    assert.deepEqual(
      await names('parts/{yyyy}-{MM}-{dd}/part-*.csv', undefined, ['2024-02-01', '2024-02-02']),
      ['parts/2024-02-01/part-0.csv'],
    )
  })
})
