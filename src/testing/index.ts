/** `headrace/testing`: the laws of the seams, for those who write a source, a sink or an engine of their own. */
export { engineLaws } from './engine-laws.ts'
export type { Gaps } from './law.ts'
export { type SinkPlace, type SinkSubject, sinkLaws, sinkSchema } from './sink-laws.ts'
export { type SourceSubject, sourceLaws } from './source-laws.ts'
