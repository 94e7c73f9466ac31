/**
 * `headrace/testing`: the laws of the seams, for those who write a source, a sink or an engine of their own, and the
 * table of values that break readers and writers.
 */
export { type Refused, type TortureValues, torture } from '../schema/torture.ts'
export { type Altered, altered, type Poison, poison, refused } from '../schema/torture-refusals.ts'
export { engineLaws } from './engine-laws.ts'
export type { Gaps } from './law.ts'
export { type SinkPlace, type SinkSubject, sinkLaws, sinkSchema } from './sink-laws.ts'
export { type SourceSubject, sourceLaws } from './source-laws.ts'
