/** The package's own version. */
import { readFileSync } from 'node:fs'

/** src/cli/ and dist/cli/ are equally deep, so the same path finds the manifest from both. */
export function version(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
