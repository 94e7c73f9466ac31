/**
 * Sum and count per key in 1-minute windows, through the public API in stream mode, against a loop as a competent engineer
 * would write it by hand: one object a row, a Map of windows of Maps of keys, windows closed by the watermark.
 *
 * 10 million rows over 18 minutes, 10,000 string keys, in event-time order but for 5 seconds of jitter: 180,000 groups.
 * Figures are rows a second of CPU time: those of one core, whatever else the machine does.
 */
import { count, memory, open, pipeline, stream, sum, t, tumbling } from '../src/index.ts'
import { seeded } from '../src/runtime/random.ts'
import type { Batch } from '../src/schema/batch.ts'
import { cpuSeconds, median } from './measure/cpu.ts'

export const gates = { ratioToObjects: 1.5 }

const ROWS = 10_000_000
const KEYS = 10_000
const BATCH_ROWS = 2048
const MINUTES = 18
const MINUTE = 60_000_000
const JITTER = 5_000_000
const START = 1_700_000_040_000_000
const REPETITIONS = 5

const schema = { product: t.string(), price: t.decimal(12, 2), ordered_at: t.timestamp() }

export async function run(): Promise<Record<string, number | string | boolean>> {
  const batches = makeInput()
  const equal = same(await runPipeline(batches, true), runObjects(batches, true))
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i < REPETITIONS; i++) {
    ours.push(await cpuSeconds(() => runPipeline(batches)))
    theirs.push(await cpuSeconds(async () => runObjects(batches)))
  }
  return {
    rows: ROWS,
    groups: KEYS * MINUTES,
    rowsPerSecond: Math.round(ROWS / median(ours)),
    rowsPerSecondObjects: Math.round(ROWS / median(theirs)),
    ratioToObjects: Number((median(theirs) / median(ours)).toFixed(2)),
    equal,
  }
}

function makeInput(): Batch[] {
  const random = seeded(7)
  const dictionary = Array.from({ length: KEYS }, (_, i) => `product-${i}`)
  const batches: Batch[] = []
  for (let from = 0; from < ROWS; from += BATCH_ROWS) {
    const length = Math.min(BATCH_ROWS, ROWS - from)
    const codes = new Int32Array(length)
    const prices = new BigInt64Array(length)
    const times = new BigInt64Array(length)
    for (let i = 0; i < length; i++) {
      codes[i] = Math.floor(random() * KEYS)
      prices[i] = BigInt(Math.floor(random() * 100_000))
      const inOrder = ((from + i) / ROWS) * MINUTES * MINUTE
      times[i] = BigInt(START + Math.floor(inOrder - random() * JITTER))
    }
    batches.push({
      schema,
      length,
      columns: [
        { form: 'text', values: codes, dictionary },
        { form: 'int64', values: prices },
        { form: 'int64', values: times },
      ],
    })
  }
  return batches
}

/** What both sides give: by window and product, the sum in cents and the number of orders. */
type Answer = Map<string, string>

const entry = (start: number, product: string): string => `${start} ${product}`

/** `look`: the answer is read out, which is not part of what is measured. */
async function runPipeline(batches: readonly Batch[], look = false): Promise<Answer> {
  const eventTime = { column: 'ordered_at', outOfOrderness: '5 seconds' } as const
  const revenue = memory
    .batches(batches, { schema, eventTime })
    .window(tumbling('1 minute'))
    .groupBy('product')
    .agg({ revenue: sum('price'), orders: count() })
  const to = memory.collect({ like: revenue })
  await using session = await open()
  const { late } = await session.run(pipeline('revenue', revenue, { mode: stream(), to }))
  if (late !== 0) throw new Error(`${late} rows were late`)
  if (!look) return new Map()
  return new Map(
    to.rows().map(row => [entry(row.window_start, row.product), `${row.revenue.unscaled} ${row.orders}`]),
  )
}

interface Order {
  readonly product: string
  readonly price: number
  readonly orderedAt: number
}

interface Total {
  revenue: number
  orders: number
}

/** The rival. It reads 64-bit values as pairs of 32 bits, so that no row costs it a bigint. */
class ObjectLoop {
  readonly #windows = new Map<number, Map<string, Total>>()
  #latest = 0
  readonly closed: { start: number; product: string; revenue: number; orders: number }[] = []
  late = 0

  take(orders: readonly Order[], watermark: number): void {
    for (const { product, price, orderedAt } of orders) {
      const start = Math.floor(orderedAt / MINUTE) * MINUTE
      if (start + MINUTE - 1 <= watermark) {
        this.late++
        continue
      }
      let products = this.#windows.get(start)
      if (products === undefined) {
        products = new Map()
        this.#windows.set(start, products)
      }
      const total = products.get(product)
      if (total === undefined) products.set(product, { revenue: price, orders: 1 })
      else {
        total.revenue += price
        total.orders++
      }
      if (orderedAt > this.#latest) this.#latest = orderedAt
    }
  }

  get watermark(): number {
    return this.#latest - JITTER - 1
  }

  close(watermark: number): void {
    for (const [start, products] of this.#windows) {
      if (start + MINUTE - 1 > watermark) continue
      for (const [product, total] of products) this.closed.push({ start, product, ...total })
      this.#windows.delete(start)
    }
  }
}

function runObjects(batches: readonly Batch[], look = false): Answer {
  const loop = new ObjectLoop()
  for (const batch of batches) {
    loop.take(ordersOf(batch), loop.watermark)
    loop.close(loop.watermark)
  }
  loop.close(Number.POSITIVE_INFINITY)
  if (loop.late !== 0) throw new Error(`${loop.late} rows were late`)
  if (!look) return new Map()
  return new Map(
    loop.closed.map(({ start, product, revenue, orders }) => [entry(start, product), `${revenue} ${orders}`]),
  )
}

function ordersOf({ length, columns }: Batch): Order[] {
  const [product, price, time] = columns
  if (product?.form !== 'text' || price?.form !== 'int64' || time?.form !== 'int64') {
    throw new Error('wrong columns')
  }
  const prices = new Int32Array(price.values.buffer)
  const times = new Int32Array(time.values.buffer)
  const orders: Order[] = []
  for (let i = 0; i < length; i++) {
    orders.push({
      product: product.dictionary[product.values[i]!]!,
      price: prices[2 * i + 1]! * 2 ** 32 + (prices[2 * i]! >>> 0),
      orderedAt: times[2 * i + 1]! * 2 ** 32 + (times[2 * i]! >>> 0),
    })
  }
  return orders
}

function same(a: Answer, b: Answer): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) if (b.get(key) !== value) return false
  return true
}
