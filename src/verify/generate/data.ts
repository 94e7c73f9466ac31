/** Random schemas and rows. */
import type { Cell } from '../../schema/cell.ts'
import { type ColumnType, type Schema, t } from '../../schema/type.ts'
import type { UpdateMode } from '../../seam/sink.ts'
import { legal } from '../arrival.ts'
import { pick, rowKey, type WeightedRow } from '../relation.ts'
import type { Random } from './random.ts'
import { BASE, cellFor } from './values.ts'

/** A relation to be read: what a source node says, and its rows in order of event time. */
export interface Input {
  readonly name: string
  readonly schema: Schema
  readonly mode: UpdateMode
  readonly key?: readonly string[]
  readonly eventTime?: string
  /** µs. */
  readonly outOfOrderness: number
  readonly rows: readonly WeightedRow[]
  /** Of each bad record, how many rows arrive before it; ascending. */
  readonly bad: readonly number[]
  /** The columns that hold extreme values. */
  readonly wild: ReadonlySet<string>
}

const TYPES: readonly (() => ColumnType)[] = [
  () => t.bool(),
  () => t.int32(),
  () => t.int64(),
  () => t.int64({ as: 'number' }),
  () => t.float64(),
  () => t.decimal(6, 2),
  () => t.decimal(18, 4),
  () => t.decimal(30, 6),
  () => t.string(),
  () => t.string(),
  () => t.bytes(),
  () => t.date(),
  () => t.timestamp(),
  () => t.uuid(),
  () => t.enum('red', 'green', 'Blue'),
  () => t.json(),
  () => t.list(t.int32()),
]

/** A schema of three to eight columns: a key that repeats, an event time, and others of any type. */
function randomSchema(random: Random): Schema {
  const schema: Record<string, ColumnType> = {}
  schema.k = random.pick([t.string(), t.nullable(t.string()), t.int32(), t.nullable(t.int64())])
  schema.at = random.chance(0.3) ? t.nullable(t.timestamp()) : t.timestamp()
  schema.n = { ...random.pick<ColumnType>([t.int32(), t.int64(), t.decimal(8, 2)]), nullable: true }
  for (let i = random.int(0, 5); i > 0; i--) {
    const type = random.pick(TYPES)()
    schema[`c${i}`] = random.chance(0.5) ? t.nullable(type) : type
  }
  return schema
}

export interface DataOptions {
  readonly rows: number
  readonly mode: UpdateMode
}

/** Rows for a random schema: events of some minutes, with repeats, ties, nulls and, unless append, retractions. */
export function randomInput(name: string, random: Random, options: DataOptions): Input {
  const schema = randomSchema(random)
  const wild = new Set(Object.keys(schema).filter(column => column !== 'at' && random.chance(0.25)))
  const shape = { schema, wild, rows: options.rows, mode: options.mode }
  const count = random.pick([0, 0, 1, 3, Math.ceil(options.rows / 4)])
  const bad = Array.from({ length: count }, () => random.int(0, options.rows)).sort((a, b) => a - b)
  const input = {
    name,
    schema,
    mode: options.mode,
    eventTime: 'at',
    outOfOrderness: random.pick([0, 1_000_000, 20_000_000]),
    rows: randomRows(shape, random),
    bad,
    wild,
  }
  return options.mode === 'upsert' ? { ...input, key: ['k'] } : input
}

interface Shape {
  readonly schema: Schema
  readonly wild: ReadonlySet<string>
  readonly rows: number
  readonly mode: UpdateMode
  readonly eventTime?: string
  readonly key?: readonly string[]
}

/** Rows that fit a schema, in order of event time (its column is `at` unless named). */
export function randomRows(shape: Shape, random: Random): WeightedRow[] {
  const names = Object.keys(shape.schema)
  const eventTime = names.indexOf(shape.eventTime ?? 'at')
  const start = random.chance(0.1) ? -90_000_000n : BASE
  const gap = random.pick([1_000, 500_000, 3_000_000])
  let time = start
  const rows: WeightedRow[] = []
  for (let i = 0; i < shape.rows; i++) {
    time += BigInt(random.pick([0, 0, 1, random.int(0, 2 * gap), 2 * gap]))
    if (rows.length > 0 && random.chance(0.1)) rows.push(random.pick(rows))
    else rows.push({ cells: randomCells(shape, eventTime, time, random), weight: 1 })
  }
  return shape.mode === 'append' ? rows : weighted(shape, rows, random)
}

function randomCells(shape: Shape, eventTime: number, time: bigint, random: Random): Cell[] {
  return Object.entries(shape.schema).map(([name, type], i) => {
    if (i !== eventTime) return cellFor(type, random, shape.wild.has(name))
    return type.nullable && random.chance(0.05) ? null : time
  })
}

/** Turns added rows into a history: some are taken away later, and with a key a new row replaces the old one. */
function weighted(shape: Shape, rows: readonly WeightedRow[], random: Random): WeightedRow[] {
  const out: WeightedRow[] = []
  const current = new Map<string, WeightedRow>()
  const key = shape.key ?? ['k']
  for (const row of rows) {
    const at = rowKey(pick(shape.schema, key, row.cells))
    const old = current.get(at)
    if (shape.mode === 'upsert' && old !== undefined) out.push({ ...old, weight: -1 })
    out.push(shape.mode === 'changelog' && random.chance(0.1) ? { ...row, weight: 2 } : row)
    current.set(at, row)
    if (random.chance(0.25)) {
      const gone = shape.mode === 'upsert' ? row : random.pick(out.filter(r => r.weight > 0))
      out.push({ ...gone, weight: -1 })
      if (shape.mode === 'upsert') current.delete(at)
    }
  }
  return legal(out)
}
