/** Accumulators over random additions, retractions, merges and resets, against folds over plain lists. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column } from '../../../plan/expression.ts'
import type { AggregateName } from '../../../plan/function/aggregates.ts'
import { seeded } from '../../../runtime/random.ts'
import { batchOfCells } from '../../../schema/batch.ts'
import { type Cell, cellAt, compareCells } from '../../../schema/cell.ts'
import { type ColumnType, t } from '../../../schema/type.ts'
import { compile } from '../kernel/compile.ts'
import { Frame } from '../kernel/frame.ts'
import type { Accumulator } from './accumulator.ts'
import { BoolFold } from './bool.ts'
import { Count } from './count.ts'
import { CountDistinct } from './distinct.ts'
import { extremeAccumulator } from './extreme.ts'
import { StandardDeviation } from './stddev.ts'
import { sumAccumulator } from './sum.ts'

const SLOTS = 4

interface Subject {
  readonly of: ColumnType
  readonly make: (argument: ReturnType<typeof compile>, retracts: boolean) => Accumulator
  readonly value: (random: () => number) => Cell
  readonly fold: (values: readonly Cell[]) => Cell
  /** Of the result; absent: exact. */
  readonly tolerance?: number
}

const wide = (random: () => number): bigint => BigInt(Math.floor((random() - 0.5) * 2 ** (1 + random() * 61)))
const numbers = (values: readonly Cell[]): number[] => values.map(Number)
const orNull = (values: readonly Cell[], fold: (some: readonly Cell[]) => Cell): Cell =>
  values.length === 0 ? null : fold(values)
const least = (values: readonly Cell[]): Cell => values.toSorted(compareCells)[0]!

function deviation(values: readonly number[]): Cell {
  if (values.length < 2) return null
  const mean = values.reduce((x, y) => x + y) / values.length
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1))
}

const subjects: Partial<Record<AggregateName | 'min of text', Subject>> = {
  count: {
    of: t.int32(),
    make: argument => new Count(argument),
    value: () => 1,
    fold: v => BigInt(v.length),
  },
  sum: {
    of: t.int64(),
    make: argument => sumAccumulator('sum', argument, t.nullable(t.decimal(38, 0))),
    value: wide,
    fold: values => orNull(values, some => (some as bigint[]).reduce((x, y) => x + y)),
  },
  avg: {
    of: t.int64(),
    make: argument => sumAccumulator('avg', argument, t.nullable(t.float64())),
    value: wide,
    fold: values => orNull(values, some => Number((some as bigint[]).reduce((x, y) => x + y)) / some.length),
  },
  min: {
    of: t.int64(),
    make: (argument, retracts) => extremeAccumulator('min', argument, retracts),
    value: wide,
    fold: values => orNull(values, least),
  },
  'min of text': {
    of: t.string(),
    make: (argument, retracts) => extremeAccumulator('min', argument, retracts),
    value: random => `text ${Math.floor(random() * 9)}`,
    fold: values => orNull(values, least),
  },
  countDistinct: {
    of: t.int64(),
    make: argument => new CountDistinct(argument),
    value: random => BigInt(Math.floor(random() * 6)),
    fold: values => BigInt(new Set(values).size),
  },
  stddev: {
    of: t.float64(),
    make: argument => new StandardDeviation(argument, t.nullable(t.float64())),
    // Far from 0, where sums of squares in single doubles lose every digit of the difference.
    value: random => 1e9 + Math.floor(random() * 64) / 64,
    fold: values => deviation(numbers(values).map(x => x - 1e9)),
    tolerance: 1e-9,
  },
  boolAnd: {
    of: t.bool(),
    make: argument => new BoolFold(argument, 'boolAnd'),
    value: random => random() < 0.8,
    fold: values => orNull(values, some => some.every(Boolean)),
  },
}

for (const [name, subject] of Object.entries(subjects)) {
  for (const retracts of [false, true]) {
    test(`${name}, ${retracts ? 'rows added and taken away' : 'rows added'}`, () => check(subject, retracts))
  }
}

function check({ of, make, value, fold, tolerance }: Subject, retracts: boolean): void {
  const seed = 9
  const random = seeded(seed)
  const schema = { v: t.nullable(of) }
  const accumulator = make(compile(column(schema, 'v'), schema), retracts)
  accumulator.grow(SLOTS)
  const model: Cell[][] = Array.from({ length: SLOTS }, () => [])
  for (let slot = 0; slot < SLOTS; slot++) accumulator.reset(slot)
  const slots = Int32Array.from({ length: SLOTS }, (_, slot) => slot)
  for (let round = 0; round < 300; round++) {
    const changes = Array.from({ length: 5 }, () => change(model, retracts, value, random))
    const weights = retracts ? Int32Array.from(changes, ({ weight }) => weight) : undefined
    const batch = batchOfCells(
      schema,
      changes.map(({ cell }) => [cell]),
    )
    accumulator.add(
      Frame.of(batch).withWeights(weights),
      Int32Array.from(changes, ({ slot }) => slot),
    )
    const [into, from] = [Math.floor(random() * SLOTS), Math.floor(random() * SLOTS)]
    if (random() < 0.1 && into !== from) {
      accumulator.merge!(into, from)
      model[into]!.push(...model[from]!)
    }
    if (random() < 0.2) {
      accumulator.reset(from)
      model[from] = []
    }
    const result = accumulator.result(slots)
    for (const slot of slots) {
      const [found, expected] = [cellAt(result, slot), fold(model[slot]!)]
      const close = tolerance !== undefined && Math.abs(Number(found) - Number(expected)) <= tolerance
      if (!close) assert.equal(found, expected, `seed ${seed}, round ${round}, slot ${slot}`)
    }
  }
}

/** A random value added, null among them, or one taken away that is there. */
function change(
  model: Cell[][],
  retracts: boolean,
  value: Subject['value'],
  random: () => number,
): { slot: number; cell: Cell; weight: number } {
  const slot = Math.floor(random() * SLOTS)
  const there = model[slot]!
  if (retracts && there.length > 0 && random() < 0.5) {
    const [cell] = there.splice(Math.floor(random() * there.length), 1)
    return { slot, cell: cell!, weight: -1 }
  }
  const cell = random() < 0.1 ? null : value(random)
  if (cell !== null) there.push(cell)
  return { slot, cell, weight: 1 }
}
