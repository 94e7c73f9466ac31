import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openPending, removeUnfinished } from './pending-file.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-pending-'))
})
after(() => rm(folder, { recursive: true }))

/** Begins to write a file in a process that kills itself. */
function killedWhileWriting(path: string): void {
  const script = `
    import { writeFileSync } from 'node:fs'
    import { openPending } from ${JSON.stringify(new URL('pending-file.ts', import.meta.url).href)}
    writeFileSync((await openPending(${JSON.stringify(path)})).temporary, 'half')
    process.kill(process.pid, 'SIGKILL')`
  const flags = ['--conditions=headrace-source', '--input-type=module', '-e', script]
  assert.throws(() => execFileSync(process.execPath, flags), { signal: 'SIGKILL' })
}

test('what a killed process left of a file goes with the next who writes it, and nothing else does', async () => {
  const path = join(folder, 'a.csv')
  killedWhileWriting(path)
  assert.equal((await readdir(folder)).length, 1)
  // Of a process that lives, of another file, of another program.
  const living = await openPending(join(folder, 'a.csv.b'))
  const others = ['.a.csv.4.tmp', '.a.csv.swp', 'a.csv.tmp']
  for (const file of [living.temporary, ...others.map(name => join(folder, name))]) await writeFile(file, '')
  const pending = await openPending(path)
  await writeFile(pending.temporary, 'whole')
  await removeUnfinished(path)
  await pending.publish()
  await living.discard()
  assert.deepEqual((await readdir(folder)).sort(), [...others, 'a.csv'].sort())
  assert.equal(await readFile(path, 'utf8'), 'whole')
})

test('folders are made for a file', async () => {
  const path = join(folder, 'x', 'y', 'z.csv')
  const pending = await openPending(path)
  await writeFile(pending.temporary, '1')
  await pending.publish()
  assert.deepEqual(await readdir(join(folder, 'x', 'y')), ['z.csv'])
})
