/**
 * `npm run check`: lint and format, types, house rules, unused code. Every step runs even where an earlier one failed,
 * and the last line sums them up as `npm test` does: a tool counts as one, the house rules by their tests.
 */
import { spawnSync } from 'node:child_process'

const steps = ['lint', 'types', 'tidy', 'knip']
const closing = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m

const sum = { passed: 0, failed: 0, skipped: 0 }
for (const step of steps) {
  console.log(`\n== npm run ${step}`)
  const { status, stdout } = spawnSync('npm', ['run', '--silent', step], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  })
  process.stdout.write(stdout)
  const [, passed, failed, skipped] = closing.exec(stdout) ?? []
  sum.passed += passed === undefined ? Number(status === 0) : Number(passed)
  sum.failed += Number(failed ?? 0) || Number(status !== 0)
  sum.skipped += Number(skipped ?? 0)
}

process.exitCode = sum.failed === 0 ? 0 : 1
console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
