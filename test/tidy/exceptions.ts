import type { Exception } from './size.ts'

/**
 * What is longer than the limits, each with its reason. The lists may only shrink: an entry whose file or function has
 * become shorter must be lowered or removed, and one that has grown fails.
 */
export const longFileExceptions: readonly Exception[] = []
export const longFunctionExceptions: readonly Exception[] = []
