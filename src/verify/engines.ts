/** The engines that must agree. */
import { duckdbEngine } from '../engine/duckdb/engine.ts'
import type { Engine } from '../engine/engine.ts'
import { incrementalEngine } from '../engine/incremental/engine.ts'
import { referenceEngine } from '../engine/reference/engine.ts'

export const engines: readonly Engine[] = [referenceEngine, duckdbEngine, incrementalEngine]
