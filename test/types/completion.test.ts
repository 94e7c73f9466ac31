/** What an editor offers inside the language, asked of TypeScript's own language server. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from './compiler.ts'
import { LanguageServer } from './language-server.ts'

const columns = ['order_id', 'ordered_at', 'price', 'product_id', 'quantity']
const file = join(root, 'test', 'types', 'mistakes', 'unsaved.ts')
const imports = `import { argMax, count, desc, files, pipeline, sum, t, tumbling, warehouse } from 'headrace'
import { live, orders, products } from './shop.ts'
`

/** The cursor stands at `|`. */
const cases: readonly (readonly [code: string, offered: readonly string[]])[] = [
  ["orders.groupBy('|')", columns],
  ["orders.groupBy('product_id').agg({ revenue: sum('|') })", ['price', 'quantity']],
  ["orders.agg({ best: argMax('product_id', '|') })", columns],
  ['orders.filter(c => c.|)', columns],
  ['orders.groupBy("product_id").agg({ revenue: c => sum(c.|) })', columns],
  ["orders.groupBy('product_id').agg({ revenue: sum('price') }).orderBy('|')", ['product_id', 'revenue']],
  ["orders.drop('|')", columns],
  ["orders.join(live, { on: '|' })", columns],
  ["files.csv('x/', { like: orders, partitionBy: ['|'] })", columns],
  ["files.csv('x/{yyyy}/', { schema: { id: t.string(), at: t.timestamp() }, datedBy: '|' })", ['at']],
  ["warehouse.table('x', { write: '|' })", ['append', 'replace', 'upsert']],
  ["warehouse.table('x', { like: orders, onSchemaChange: '|' })", ['evolve', 'freeze']],
  ["pipeline('x', orders, { to: files.csv('x'), onBadRecord: '|' })", ['dead-letter', 'fail', 'skip']],
  ["live.window(tumbling('1 minute'), { emit: '|' })", ['on-close', 'per-step']],
]

let server: LanguageServer

before(async () => {
  server = await LanguageServer.start(root)
  server.open(file, imports + cases.map(([code]) => code.replace('|', '')).join('\n'))
})

after(() => server.stop())

for (const [i, [code, offered]] of cases.entries()) {
  test(`completion in ${code}`, async () => {
    const labels = await server.complete(file, i + 2, code.indexOf('|'))
    assert.deepEqual(labels.sort(), offered)
  })
}

test('an expression offers what its type can do', async () => {
  const typed = [
    'orders.filter(c => c.price.)',
    'orders.filter(c => c.product_id.)',
    'orders.filter(c => c.ordered_at.)',
  ]
  const other = join(root, 'test', 'types', 'mistakes', 'unsaved-too.ts')
  server.open(other, imports + typed.join('\n'))
  const [price, product, at] = await Promise.all(
    typed.map((code, i) => server.complete(other, i + 2, code.length - 1)),
  )
  const some = ['decDiv', 'lower', 'truncate', 'gt', 'isNull']
  assert.deepEqual(
    some.filter(name => price!.includes(name)),
    ['decDiv', 'gt', 'isNull'],
  )
  assert.deepEqual(
    some.filter(name => product!.includes(name)),
    ['lower', 'gt', 'isNull'],
  )
  assert.deepEqual(
    some.filter(name => at!.includes(name)),
    ['truncate', 'gt', 'isNull'],
  )
})
