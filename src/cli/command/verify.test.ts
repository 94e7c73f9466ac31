import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { commandLine } from '../../../test/cli/command-line.ts'

let dir = ''
const index = new URL('../../index.ts', import.meta.url).href

before(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-verify-')))
  writeFileSync(join(dir, 'sales.csv'), 'shop,cents\na,1\na,2\nb,3\n')
  writeFileSync(
    join(dir, 'jobs.mjs'),
    `import { files, pipeline, print, sum, t } from '${index}'
    const sales = files.csv('sales.csv', { schema: { shop: t.string(), cents: t.int64() } })
    const perShop = sales.groupBy('shop').agg({ cents: sum('cents') })
    export const shops = pipeline('shops', perShop, { to: print() })
    export const joined = pipeline('joined', perShop.join(sales.rename({ cents: 'one' }), { on: 'shop' }), { to: print() })
    let calls = 0
    const unstable = sales.map('unstable', { out: { n: t.int32() }, version: 1 }, () => ({ n: calls++ }))
    export const wrong = pipeline('wrong', unstable, { to: print() })`,
  )
})

after(() => rmSync(dir, { recursive: true }))

const verify = (name: string, ...options: string[]) =>
  commandLine(['verify', `${join(dir, 'jobs.mjs')}#${name}`, '--dir', dir, '--seeds', '2', ...options])

test('what was compared is told, and what was not', async () => {
  const { status, out, err } = await verify('shops', '--rows', '20', '--first-seed', '5')
  assert.equal(status, 0, err)
  assert.match(
    out,
    /^shops: \d+ runs gave the answer of the reference engine\.\nCompared: batch on duckdb; micro-batch/,
  )
  assert.match(out, /2 random inputs of 20 rows a source, seeds 5 to 6\./)
  assert.match(
    (await verify('joined')).out,
    /Compared: batch on duckdb\. Not the other modes: .* no joins yet/,
  )
})

test('the rows of the sources themselves can be taken', async () => {
  const { status, out, err } = await verify('shops', '--sample')
  assert.equal(status, 0, err)
  assert.match(out, /Input: the first 200 rows of each source/)
})

test('a pipeline whose answers differ fails, and shows the smallest input', async () => {
  const { status, err } = await verify('wrong', '--json')
  assert.equal(status, 1)
  assert.equal(err, '')
  assert.match((await verify('wrong')).err, /NOT_EQUAL: verify: /)
})
