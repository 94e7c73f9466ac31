/** `headrace/connector`: what a source or a sink of one's own is made with; `headrace/testing` has the laws that it keeps. */

export { endpoint, readFrom, writeTo } from '../plan/endpoint.ts'
export type { Runtime } from '../runtime/runtime.ts'
export type { Batch } from '../schema/batch.ts'
export { batchOfRows, rowsOf } from '../schema/row.ts'
export type { CopyTarget, Epoch, Sink, SinkInput, SinkWriter, UpdateMode } from '../seam/sink.ts'
export type { Interval, Site } from '../seam/site.ts'
export type { Position, Pruning, Range, Read, RejectedRecord, Scan, Source } from '../seam/source.ts'
