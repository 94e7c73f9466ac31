// Makes `npm start`, `npm test` and `npx headrace` work in a fresh clone: installs when node_modules differs from the
// lockfile. With `--build` (as `prepare`, which npm runs after an install, and npx before its first run) it leaves a fresh
// dist/ too. Plain JavaScript without dependencies: it runs on the host's Node, before the pinned one is there.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is missing to run, or undefined. Versions are compared, not times: a clone or a checkout changes times at will. */
function missing() {
  const hidden = `${root}node_modules/.package-lock.json`
  if (!existsSync(hidden)) return 'node_modules is missing'
  const wanted = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')).packages
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '' || optional) continue
    if (present[path]?.version !== version) return `${path} is not at ${version}`
  }
  if (!existsSync(`${root}node_modules/node/bin/node`)) return 'the pinned node is missing'
}

function npm(...args) {
  // npm names its own entry file, which needs no shell on any system.
  const cli = process.env.npm_execpath
  const [command, before] = cli ? [process.execPath, [cli]] : ['npm', []]
  const done = spawnSync(command, [...before, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) {
    console.error(`headrace: \`npm ${args.join(' ')}\` failed${done.error ? `: ${done.error.message}` : ''}`)
    process.exit(1)
  }
}

const reason = missing()
if (reason) {
  console.error(`headrace: installing, because ${reason}`)
  npm('ci', '--include=dev', '--loglevel=error')
} else if (process.argv.includes('--build')) npm('run', '--silent', 'build')
