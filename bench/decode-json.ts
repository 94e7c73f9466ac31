/**
 * NDJSON bytes to columns, against the way JavaScript usually goes: one string, one JSON.parse and one object a line.
 *
 * A million lines of four fields (string key of 10,000 values, decimal, timestamp, int64), their keys in rotating order.
 * Both sides get the same bytes in the same pieces of 1 MiB and keep what they made of a piece until the next one.
 */
import type { Batch } from '../src/schema/batch.ts'
import { Decimal } from '../src/schema/decimal.ts'
import { NdjsonDecoder } from '../src/schema/json/ndjson.ts'
import { t } from '../src/schema/type.ts'

export const gates = { ratioToJsonParse: 1.5 }

const ROWS = 1_000_000
const KEYS = 10_000
const PIECE = 1024 * 1024
const REPETITIONS = 7
const FIRST_MILLISECOND = 1_700_000_000_000

const schema = {
  product: t.string(),
  price: t.decimal(12, 2),
  ordered_at: t.timestamp(),
  quantity: t.int64(),
}

export async function run(): Promise<Record<string, number | string | boolean>> {
  const bytes = makeInput()
  const equal = sumOfColumns(bytes) === sumOfObjects(bytes)
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i < REPETITIONS; i++) {
    ours.push(seconds(() => decodeColumns(bytes, keep)))
    theirs.push(seconds(() => decodeObjects(bytes, keep)))
  }
  return {
    rows: ROWS,
    bytes: bytes.length,
    rowsPerSecond: Math.round(ROWS / median(ours)),
    rowsPerSecondJsonParse: Math.round(ROWS / median(theirs)),
    // Of neighbours in time, so that a busy machine slows both.
    ratioToJsonParse: Number(median(ours.map((time, i) => theirs[i]! / time)).toFixed(2)),
    equal,
  }
}

/** What was made of the last piece, so that nothing can be optimised away. */
let kept: unknown
function keep(made: unknown): void {
  kept = made
}

function seconds(work: () => void): number {
  const start = performance.now()
  work()
  if (kept === undefined) throw new Error('nothing was decoded')
  return (performance.now() - start) / 1000
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

function makeInput(): Buffer {
  const lines: string[] = []
  for (let i = 0; i < ROWS; i++) {
    const fields = [
      `"product":"product-${(i * 7919) % KEYS}"`,
      `"price":${new Decimal(BigInt((i * 31) % 1_000_000), 2)}`,
      `"ordered_at":"${new Date(FIRST_MILLISECOND + i * 37).toISOString()}"`,
      `"quantity":${i % 100}`,
    ]
    lines.push(`{${[...fields.slice(i % 4), ...fields.slice(0, i % 4)].join(',')}}\n`)
  }
  return Buffer.from(lines.join(''))
}

function decodeColumns(bytes: Buffer, use: (batch: Batch) => void): void {
  const decoder = new NdjsonDecoder(schema)
  for (let at = 0; at < bytes.length; at += PIECE) {
    decoder.push(bytes.subarray(at, at + PIECE))
    use(decoder.take())
  }
}

interface Order {
  product: string
  price: number
  ordered_at: string
  quantity: number
}

function decodeObjects(bytes: Buffer, use: (orders: Order[]) => void): void {
  let start = 0
  for (let at = PIECE; start < bytes.length; at += PIECE) {
    const orders: Order[] = []
    const stop = Math.min(at, bytes.length)
    for (let end = bytes.indexOf(10, start); end >= 0 && end < stop; end = bytes.indexOf(10, start)) {
      orders.push(JSON.parse(bytes.toString('utf8', start, end)))
      start = end + 1
    }
    use(orders)
  }
}

/** Both sums run over every value, so that they are equal only if both sides read everything alike. */
function sumOfColumns(bytes: Buffer): string {
  let [letters, cents, micros, count] = [0, 0n, 0n, 0n]
  decodeColumns(bytes, batch => {
    const [product, price, time, quantity] = batch.columns
    if (product?.form !== 'text' || price?.form !== 'int64') throw new Error('wrong columns')
    if (time?.form !== 'int64' || quantity?.form !== 'int64') throw new Error('wrong columns')
    for (const code of product.values) letters += product.dictionary[code]!.length
    for (const value of price.values) cents += value
    for (const value of time.values) micros += value - BigInt(FIRST_MILLISECOND) * 1000n
    for (const value of quantity.values) count += value
  })
  return `${letters} ${cents} ${micros} ${count}`
}

function sumOfObjects(bytes: Buffer): string {
  let [letters, cents, millis, count] = [0, 0, 0, 0]
  decodeObjects(bytes, orders => {
    for (const order of orders) {
      letters += order.product.length
      cents += Math.round(order.price * 100)
      millis += Date.parse(order.ordered_at) - FIRST_MILLISECOND
      count += order.quantity
    }
  })
  return `${letters} ${cents} ${BigInt(millis) * 1000n} ${count}`
}
