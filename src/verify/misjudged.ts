/** Which records and rows a run rejected: the same in every engine, mode and size of step. */
import type { Rejection } from '../engine/engine.ts'
import type { Node } from '../plan/node.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import type { Schema } from '../schema/type.ts'
import { feedOf } from './feed.ts'
import type { Answer } from './oracle.ts'
import type { Recording } from './recording.ts'

/** Undefined, or what was rejected and should not have been, or the other way round. */
export function misjudged(
  root: Node,
  { rejections }: Recording,
  { rejections: wanted }: Answer,
): string | undefined {
  const bad = sourcesOf([root]).flatMap(node => feedOf(node).rejected.map(record => ({ node, record })))
  const want = tally([...bad, ...wanted])
  const got = tally(rejections.map(({ rejection }) => rejection))
  for (const key of new Set([...want.keys(), ...got.keys()])) {
    const [due, found] = [want.get(key) ?? 0, got.get(key) ?? 0]
    if (due !== found) return `${key} was rejected ${found} times in place of ${due}.`
  }
  return undefined
}

/** Rejections summed by what they are of, weights included: what was rejected and then taken away is no rejection. */
function tally(rejections: readonly Rejection[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const rejection of rejections) {
    const [key, weight] =
      'record' in rejection ? [recordKey(rejection.record), 1] : [rowKey(rejection), rejection.weight]
    sums.set(key, (sums.get(key) ?? 0) + weight)
  }
  return sums
}

function recordKey({ place, position }: Extract<Rejection, { record: unknown }>['record']): string {
  return `record ${position} of ${place}`
}

/** Without floats, of which engines may differ in the last digits, and without what a function says, which may be new each time. */
function rowKey({ node, row, code }: Extract<Rejection, { row: unknown }>): string {
  const schema: Schema = node.input.schema
  const exact = Object.entries(row).filter(([name]) => schema[name]!.kind !== 'float64')
  const text = JSON.stringify(exact, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  return `${node.name}: ${text} (${code})`
}
