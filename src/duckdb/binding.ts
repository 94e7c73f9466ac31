/**
 * Loads DuckDB's native part before anything else of DuckDB, so that its absence is told in words. npm leaves the package
 * out with `--omit=optional`, and an installation that was copied from another platform has that platform's.
 */
import { createRequire } from 'node:module'
import { HeadraceError } from '../errors.ts'

const require = createRequire(import.meta.url)

try {
  require('@duckdb/node-bindings')
} catch (cause) {
  throw bindingFailure(cause)
}

/** What is said where the native part cannot be loaded: which package is missing, or what the system found wrong with it. */
export function bindingFailure(cause: unknown): HeadraceError {
  const found = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause)
  const missing = /Cannot find (?:module|package) '(@duckdb\/node-bindings[^/']*)/.exec(found)?.[1]
  const platform = `${process.platform}-${process.arch}`
  if (missing === undefined) {
    return new HeadraceError(
      'MISSING_PACKAGE',
      `DuckDB, which Headrace runs on, cannot be loaded on ${platform}: ${found}. Install on the platform that it runs on, or take one that DuckDB has a package for.`,
      { cause },
    )
  }
  return new HeadraceError(
    'MISSING_PACKAGE',
    `DuckDB, which Headrace runs on, is not there for ${platform}: the package ${missing} is missing. ` +
      `Run: npm install --include=optional ${missing}@${versionOfBindings()}`,
    { cause },
  )
}

function versionOfBindings(): string {
  try {
    return (require('@duckdb/node-bindings/package.json') as { version: string }).version
  } catch {
    return 'latest'
  }
}
