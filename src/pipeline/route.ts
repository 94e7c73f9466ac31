/** Whether a sink can hold what a dataset gives, said in words before anything is read. */
import { HeadraceError } from '../errors.ts'
import type { Node } from '../plan/node.ts'
import type { Sink, UpdateMode } from '../seam/sink.ts'

const meaning: Readonly<Record<UpdateMode, string>> = {
  append: 'only adds rows',
  upsert: 'replaces the row of a key as it changes',
  changelog: 'adds and takes away rows, without a key',
}

/** Throws UPDATE_MODE or NEEDS_KEY. */
export function checkRoute(node: Node, sink: Sink): void {
  if (sink.accepts.includes(node.mode)) return
  if (sink.accepts.every(mode => mode === 'upsert') && node.key === undefined) {
    throw new HeadraceError(
      'NEEDS_KEY',
      `The sink '${sink.name}' keeps one row a key, and the dataset ${meaning[node.mode]} and has no key. Group it, or normalise it by a key.`,
    )
  }
  throw new HeadraceError(
    'UPDATE_MODE',
    `The sink '${sink.name}' takes ${sink.accepts.join(' or ')}, and the dataset is ${node.mode}: it ${meaning[node.mode]}. ${advice(node)}`,
  )
}

function advice(node: Node): string {
  return node.mode === 'append'
    ? "Write it with write: 'append'."
    : "Write it with write: 'replace', or give windows emit: 'on-close' so that their rows never change."
}
