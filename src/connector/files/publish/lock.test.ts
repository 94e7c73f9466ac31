import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
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
  await assert.rejects(lockFolder(folder, { leaseMs: LEASE_MS }), {
    code: 'FOLDER_LOCKED',
    message: /process 1 on another-machine is writing to it/,
  })
  stop.abort()
  await touching
  const lock = await lockFolder(folder, { leaseMs: LEASE_MS })
  assert.notEqual(await readFile(file(), 'utf8'), elsewhere)
  await lock.release()
  assert.deepEqual(await readdir(folder), [])
})

test('a lock that was never written to is left behind, too', async () => {
  await writeFile(file(), '')
  await (await lockFolder(folder, { leaseMs: LEASE_MS })).release()
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

/** Takes the lock again and again, leaves a dead one behind now and then, and counts when it was not alone. */
async function fight(folder: string, rounds: number): Promise<void> {
  let [got, notAlone] = [0, 0]
  const critical = `${folder}/../held`
  for (const end = Date.now() + 20_000; got < rounds && Date.now() < end; ) {
    try {
      const lock = await lockFolder(folder)
      got++
      await writeFile(critical, '', { flag: 'wx' }).catch(() => notAlone++)
      await sleep(1, new AbortController().signal)
      await lock.check().catch(() => notAlone++)
      await rm(critical, { force: true })
      await lock.release()
      const dead = JSON.stringify({ id: `dead-${process.pid}-${got}`, pid: 2 ** 30, host: hostname() })
      await writeFile(file(), dead, { flag: 'wx' }).catch(() => undefined)
    } catch (error) {
      if ((error as { code?: string }).code !== 'FOLDER_LOCKED') throw error
    }
  }
  console.log(JSON.stringify({ got, notAlone }))
}

test('of processes that fight for locks left behind one at a time holds it', async () => {
  const root = join(folder, 'fight')
  const place = join(root, 'locked')
  await mkdir(place, { recursive: true })
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
  const script = `
    import { rm, writeFile } from 'node:fs/promises'
    import { hostname } from 'node:os'
    import { sleep } from ${module('../../../runtime/sleep.ts')}
    import { lockFolder } from ${module('./lock.ts')}
    const file = () => ${JSON.stringify(join(place, '_lock'))}
    await (${fight.toString()})(${JSON.stringify(place)}, 12)`
  const flags = ['--conditions=headrace-source', '--input-type=module', '-e', script]
  const fighters = Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, flags))
  const counts = (await Promise.all(fighters)).map(({ stdout }) => JSON.parse(stdout))
  assert.deepEqual(
    counts,
    counts.map(() => ({ got: 12, notAlone: 0 })),
  )
})

test('a reader that finishes a publication is waited for, a writer is not', async () => {
  await rm(file(), { force: true })
  const brief = await lockFolder(folder, { brief: true })
  const next = lockFolder(folder)
  await sleep(100, new AbortController().signal)
  await brief.release()
  const lock = await next
  await assert.rejects(lockFolder(folder), { code: 'FOLDER_LOCKED' })
  await lock.release()
})

test('the lock of a thread that is gone is taken over, although its process lives', async () => {
  const script = `
    const { lockFolder } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)})
    const { parentPort } = await import('node:worker_threads')
    await lockFolder(${JSON.stringify(folder)})
    parentPort.postMessage('locked')
    setInterval(() => {}, 1000)`
  const source = new URL(`data:text/javascript,${encodeURIComponent(script)}`)
  const worker = new Worker(source, { execArgv: ['--conditions=headrace-source'] })
  await new Promise(resolve => worker.once('message', resolve))
  await assert.rejects(lockFolder(folder), { code: 'FOLDER_LOCKED', message: /a thread of this process/ })
  await worker.terminate()
  const lock = await lockFolder(folder, { leaseMs: LEASE_MS })
  await lock.release()
  assert.deepEqual(await readdir(folder), ['fight'])
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
