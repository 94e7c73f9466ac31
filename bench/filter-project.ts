/**
 * A filter that half of the rows pass and two computed columns, through the public API in stream mode, beside a loop over
 * the same typed arrays written by hand for exactly this plan. The ratio is for information: it is what generality costs.
 *
 * 10 million rows of 4 columns. Figures are rows a second of CPU time: those of one core, whatever else the machine does.
 */
import { type Batch, memory, open, pipeline, stream, t } from '../src/index.ts'
import { type Target, writeTo } from '../src/plan/endpoint.ts'
import { seeded } from '../src/runtime/random.ts'
import type { Sink } from '../src/seam/sink.ts'
import { cpuSeconds, median } from './measure/cpu.ts'

export const gates = {}

const ROWS = 10_000_000
const BATCH_ROWS = 2048
const REPETITIONS = 5
const DISTANCES = 1000
const LEAST = DISTANCES / 2

const schema = { carrier: t.string(), price: t.decimal(9, 2), distance: t.int32(), delay: t.int32() }

export async function run(): Promise<Record<string, number | string | boolean>> {
  const batches = makeInput()
  const equal = (await runPipeline(batches)) === runLoop(batches)
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i < REPETITIONS; i++) {
    ours.push(await cpuSeconds(() => runPipeline(batches)))
    theirs.push(await cpuSeconds(async () => runLoop(batches)))
  }
  return {
    rows: ROWS,
    rowsPerSecond: Math.round(ROWS / median(ours)),
    rowsPerSecondHandWritten: Math.round(ROWS / median(theirs)),
    ratioToHandWritten: Number((median(theirs) / median(ours)).toFixed(2)),
    equal,
  }
}

function makeInput(): Batch[] {
  const random = seeded(11)
  const dictionary = Array.from({ length: 300 }, (_, i) => `carrier-${i}`)
  const batches: Batch[] = []
  for (let from = 0; from < ROWS; from += BATCH_ROWS) {
    const length = Math.min(BATCH_ROWS, ROWS - from)
    const below = (bound: number): Int32Array =>
      Int32Array.from({ length }, () => Math.floor(random() * bound))
    batches.push({
      schema,
      length,
      columns: [
        { form: 'text', values: below(dictionary.length), dictionary },
        { form: 'int64', values: BigInt64Array.from(below(1_000_000), BigInt) },
        { form: 'int32', values: below(DISTANCES) },
        { form: 'int32', values: below(600) },
      ],
    })
  }
  return batches
}

/** A number that every value of a result enters. */
class Checksum {
  sum = 0

  add(codes: Int32Array, nets: Int32Array, products: Int32Array): void {
    for (let i = 0; i < codes.length; i++) this.sum += codes[i]! + nets[2 * i]! + products[i]!
  }
}

/** A target that only looks at what it gets. */
function checked(checksum: Checksum): Target<'append', undefined> {
  const sink: Sink & { accepts: 'append'[] } = {
    name: 'checksum',
    onReplay: 'duplicates',
    accepts: ['append'],
    open: async () => {
      let epoch = 0
      return {
        committed: async () => epoch,
        write: async (_, { columns }) => {
          const [carrier, net, product] = columns
          const nets = new Int32Array((net!.values as BigInt64Array).buffer)
          checksum.add(carrier!.values as Int32Array, nets, product!.values as Int32Array)
        },
        commit: async committed => {
          epoch = committed
        },
        close: async () => {},
      }
    },
  }
  return writeTo(sink)
}

async function runPipeline(batches: readonly Batch[]): Promise<number> {
  const flights = memory
    .batches(batches, { schema })
    .filter(c => c.distance.ge(LEAST))
    .select(c => ({ carrier: c.carrier, net: c.price.mul('0.9'), product: c.distance.mul(c.delay) }))
  const checksum = new Checksum()
  await using session = await open()
  await session.run(pipeline('flights', flights, { to: checked(checksum), mode: stream() }))
  return checksum.sum
}

function runLoop(batches: readonly Batch[]): number {
  const checksum = new Checksum()
  for (const { length, columns } of batches) {
    const [carrier, price, distance, delay] = columns
    const [codes, distances] = [carrier!.values as Int32Array, distance!.values as Int32Array]
    const [prices, delays] = [
      new Int32Array((price!.values as BigInt64Array).buffer),
      delay!.values as Int32Array,
    ]
    const carriers = new Int32Array(length)
    const nets = new Int32Array(2 * length)
    const products = new Int32Array(length)
    let n = 0
    for (let i = 0; i < length; i++) {
      if (distances[i]! < LEAST) continue
      const net = (prices[2 * i + 1]! * 2 ** 32 + (prices[2 * i]! >>> 0)) * 9
      carriers[n] = codes[i]!
      nets[2 * n] = net
      nets[2 * n + 1] = Math.floor(net / 2 ** 32)
      products[n] = distances[i]! * delays[i]!
      n++
    }
    checksum.add(carriers.subarray(0, n), nets.subarray(0, 2 * n), products.subarray(0, n))
  }
  return checksum.sum
}
