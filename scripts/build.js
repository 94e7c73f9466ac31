// Writes dist/: what is published, and what `npx headrace` and `import 'headrace'` load. Plain JavaScript, because
// `npm ci` runs it (as `prepare`). Types are checked by `npm run check`, so that an install never fails on them.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = process.argv[2] ?? `${root}dist`

rmSync(out, { recursive: true, force: true })
const tsc = `${root}node_modules/typescript/bin/tsc`
const done = spawnSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`, '--outDir', out], {
  stdio: 'inherit',
})
process.exitCode = done.status ?? 1
