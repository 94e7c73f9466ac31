import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sleep } from '../../../runtime/sleep.ts'
import { lockFolder } from './lock.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-lock-'))
})
after(() => rm(folder, { recursive: true }))

const LEASE_MS = 600
const file = (): string => join(folder, '_lock')
const elsewhere = JSON.stringify({ id: 'x', pid: 1, host: 'another-machine' })

test('a lock of another machine holds as long as it is touched', async () => {
  await writeFile(file(), elsewhere)
  const stop = new AbortController()
  const touching = (async () => {
    while (!stop.signal.aborted) {
      await writeFile(file(), elsewhere)
      await sleep(50, stop.signal)
    }
  })()
  await assert.rejects(lockFolder(folder, LEASE_MS), {
    code: 'FOLDER_LOCKED',
    message: /process 1 on another-machine is writing to it/,
  })
  stop.abort()
  await touching
  const lock = await lockFolder(folder, LEASE_MS)
  assert.notEqual(await readFile(file(), 'utf8'), elsewhere)
  await lock.release()
  assert.deepEqual(await readdir(folder), [])
})

test('a lock that was never written to is left behind, too', async () => {
  await writeFile(file(), '')
  await (await lockFolder(folder, LEASE_MS)).release()
  assert.deepEqual(await readdir(folder), [])
})

test('of several who find the lock of a process that is gone one gets it, and gives it to the next', async () => {
  await writeFile(file(), JSON.stringify({ id: 'x', pid: 2 ** 30, host: hostname() }))
  const tries = await Promise.allSettled(Array.from({ length: 5 }, () => lockFolder(folder)))
  const got = tries.filter(each => each.status === 'fulfilled')
  assert.equal(got.length, 1)
  await got[0]!.value.release()
  await got[0]!.value.release()
  await (await lockFolder(folder)).release()
})

test('a holder whose lock was taken over is told before it publishes, and leaves the lock of the other', async () => {
  const lock = await lockFolder(folder)
  await lock.check()
  await rm(file())
  await writeFile(file(), elsewhere)
  await assert.rejects(lock.check(), { code: 'FOLDER_LOCKED', message: /took it over/ })
  await lock.release()
  assert.equal(await readFile(file(), 'utf8'), elsewhere)
})
