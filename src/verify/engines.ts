/** The engines that must agree. */
import { duckdbEngine } from '../engine/duckdb/engine.ts'
import type { Engine } from '../engine/engine.ts'
import { incrementalEngine } from '../engine/incremental/engine.ts'
import { referenceEngine } from '../engine/reference/engine.ts'

/** Those that are compared with the reference. */
export const compared: readonly Engine[] = [duckdbEngine, incrementalEngine]

export const engines: readonly Engine[] = [referenceEngine, ...compared]
