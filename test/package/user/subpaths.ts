/** One thing of every subpath of the package, used. The keys are what `exports` of its manifest says. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { batch, explain, memory, pipeline, t } from 'headrace'
import { batchOfRows, rowsOf } from 'headrace/connector'
import { given, runOnRows } from 'headrace/testing'
import { verify } from 'headrace/verify'

const schema = { n: t.int64() }
const numbers = memory.rows([{ n: 1 }, { n: 2 }], { schema })
const large = numbers.filter(c => c.n.gt(1))

const uses: Readonly<Record<string, () => Promise<string>>> = {
  '.': async () => explain(large),
  './connector': async () => {
    const batch = batchOfRows(schema, [{ n: 4n }])
    return rowsOf(batch)
      .map(row => String(row.n))
      .join()
  },
  './testing': async () => {
    const p = pipeline('p', large, { to: memory.collect(), mode: batch() })
    const { rows } = await runOnRows(p, { inputs: [given(numbers, [{ n: 3 }])] })
    return `${rows[0]?.n}`
  },
  './verify': async () => JSON.stringify(await verify(large, { rows: 10 }), (_, value) => String(value)),
  './package.json': async () => {
    const path = fileURLToPath(import.meta.resolve('headrace/package.json'))
    return (JSON.parse(readFileSync(path, 'utf8')) as { name: string }).name
  },
}

for (const subpath of process.argv.slice(2)) {
  const use = uses[subpath]
  if (use === undefined)
    throw new Error(`nobody uses the subpath ${subpath}: add it to test/package/user/subpaths.ts`)
  console.log(`${subpath}: ${(await use()).length > 0 ? 'used' : 'gives nothing'}`)
}
