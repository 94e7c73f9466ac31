/**
 * `headrace/testing`: the laws of the seams, for those who write a source, a sink or an engine of their own, and the
 * table of values that break readers and writers.
 */

export { engineLaws } from './engine-laws.ts'
export type { Gaps } from './law.ts'
export { type SinkPlace, type SinkSubject, sinkLaws, sinkSchema } from './sink-laws.ts'
export { type SourceSubject, sourceLaws } from './source-laws.ts'
export { type Refused, type TortureValues, torture } from './torture.ts'
export { type Altered, altered, type Poison, poison, refused } from './torture-refusals.ts'
