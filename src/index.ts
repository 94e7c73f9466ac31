export type { FileEndpoint } from './connector/files/endpoint.ts'
export { files } from './connector/files/files.ts'
export type { ColumnGenerator } from './connector/generate/columns.ts'
export { type GenerateOptions, generate } from './connector/generate/endpoint.ts'
export { type Collected, type Collector, memory, type WrittenRow } from './connector/memory/endpoint.ts'
export { print } from './connector/print/endpoint.ts'
export type { PrintOptions } from './connector/print/sink.ts'
export { type ShuffleOptions, shuffled } from './connector/shuffled/endpoint.ts'
export {
  type TableEndpoint,
  type TableOptions,
  warehouse,
} from './connector/warehouse/endpoint.ts'
export { type ErrorCode, errors, HeadraceError, type Reaction } from './errors.ts'
export type { BadRecordAction, BadRecordBudget, OnBadRecord } from './pipeline/bad-records.ts'
export type { RunProgress } from './pipeline/execute.ts'
export {
  type BatchMode,
  batch,
  type MicroBatchMode,
  type Mode,
  microBatch,
  type StreamMode,
  stream,
} from './pipeline/mode.ts'
export type { PeekOptions } from './pipeline/peek.ts'
export { type Pipeline, type PipelineOptions, pipeline } from './pipeline/pipeline.ts'
export type { QueryResult } from './pipeline/query.ts'
export type { RowsOptions, RunOptions, RunReport, Session } from './pipeline/session.ts'
export {
  type Agg,
  aggregate,
  approxCountDistinct,
  argMax,
  argMin,
  avg,
  boolAnd,
  boolOr,
  count,
  countDistinct,
  first,
  last,
  max,
  min,
  quantile,
  stddev,
  sum,
} from './plan/builder/aggregate.ts'
export type { Dataset, Relation, Sorted, WindowedResult } from './plan/builder/dataset.ts'
export type { Expr } from './plan/builder/expr.ts'
export type { Columns, Problem } from './plan/builder/expression-types.ts'
export { coalesce, concat, lit, type When, when } from './plan/builder/functions.ts'
export type { Grouped, Windowed } from './plan/builder/group.ts'
export { type Desc, desc } from './plan/builder/order.ts'
export { hopping, tumbling, type Window, type WindowOptions } from './plan/builder/window.ts'
export type { Duration } from './plan/duration.ts'
export type {
  Endpoint,
  EventTime,
  LikeOptions,
  ReadOptions,
  Target,
  TimeName,
  Write,
} from './plan/endpoint.ts'
export { type Explainable, explain } from './plan/explain.ts'
export { type Config, defineConfig, type ProfileConfig } from './project/config.ts'
export { type OpenOptions, open } from './project/open.ts'
export { type Env, env } from './runtime/env.ts'
export type { Batch } from './schema/batch.ts'
export { Decimal } from './schema/decimal.ts'
export { type Instant, instant, toDate } from './schema/instant.ts'
export { type ColumnType, type RowOf, type Schema, t } from './schema/type.ts'
export type { Aggregate } from './seam/aggregate.ts'
export type { UpdateMode } from './seam/sink.ts'
