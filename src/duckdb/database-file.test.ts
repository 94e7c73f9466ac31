/** Who owns a database file: real processes and threads. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { openDatabase } from './database-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-file-'))
after(() => rmSync(folder, { recursive: true }))

const module = new URL('./database-file.ts', import.meta.url).href
const create = { create: true }

/** Starts a process that runs a module, and waits until it has written a line. */
async function started(code: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--conditions=headrace-source', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((told, ended) => {
    child.stdout!.once('data', () => told())
    child.once('exit', status => ended(new Error(`It ended with ${status}`)))
  })
  return child
}

const opening = (file: string) =>
  `const { openDatabase } = await import(${JSON.stringify(module)})
  const { db } = await openDatabase(${JSON.stringify(file)}, { create: true })`

test('a second process is told who has the file, and may have it after', async () => {
  const file = join(folder, 'processes.duckdb')
  const other = await started(`${opening(file)}; console.log('open'); setInterval(() => {}, 1000)`)
  const told = { code: 'WAREHOUSE_LOCKED', reaction: 'wait' }
  const names = new RegExp(`${file} is in use by another process \\(pid ${other.pid}\\)`)
  await assert.rejects(openDatabase(file, create), { ...told, message: names })
  other.kill('SIGKILL')
  await new Promise(ended => other.once('exit', ended))
  const { db, ...mine } = await openDatabase(file, create)
  assert.deepEqual(await db.records('SELECT 1 AS one'), [{ one: 1 }])
  await mine[Symbol.asyncDispose]()
})

test('a process that is killed while it writes leaves what was there, and a file that opens', async () => {
  const file = join(folder, 'killed.duckdb')
  const other = await started(`${opening(file)}
    await db.run('CREATE TABLE t AS SELECT range AS i FROM range(1000)')
    await db.run('BEGIN')
    await db.run('CREATE OR REPLACE TABLE t AS SELECT 0 AS i FROM range(3000000)')
    await db.run('CREATE TABLE more AS SELECT range AS i FROM range(3000000)')
    console.log('written, not committed')
    for (;;) await db.run('INSERT INTO more SELECT range FROM range(1000000)')`)
  other.kill('SIGKILL')
  await new Promise(ended => other.once('exit', ended))
  await using opened = await openDatabase(file, { create: false })
  const [row] = await opened.db.records('SELECT count(*) AS n, sum(i) AS s FROM t')
  assert.deepEqual(row, { n: '1000', s: '499500' })
  const tables = await opened.db.records('SHOW TABLES')
  assert.deepEqual(tables, [{ name: 't' }])
})

test('sessions of one thread share a file, by whatever name, until the last has left', async () => {
  const file = join(folder, 'shared.duckdb')
  const first = await openDatabase(file, create)
  symlinkSync(file, join(folder, 'link.duckdb'))
  const second = await openDatabase(join(folder, 'link.duckdb'), create)
  assert.equal(second.db, first.db)
  await first[Symbol.asyncDispose]()
  await second.db.run('CREATE TABLE t (i INTEGER)')
  await second[Symbol.asyncDispose]()
  await using third = await openDatabase(file, { create: false })
  assert.notEqual(third.db, second.db)
  assert.deepEqual(await third.db.records('SHOW TABLES'), [{ name: 't' }])
})

test('another thread of the process is refused, where the system tells of it', async () => {
  const file = join(folder, 'threads.duckdb')
  const inThread = () =>
    new Promise<string>((answered, failed) => {
      const code = `import { parentPort } from 'node:worker_threads'
        const { openDatabase } = await import(${JSON.stringify(module)})
        const answer = await openDatabase(${JSON.stringify(file)}, { create: true }).then(
          opened => opened[Symbol.asyncDispose]().then(() => 'opened'), error => error.code + ' ' + error.message)
        parentPort.postMessage(answer)`
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
        execArgv: ['--conditions=headrace-source'],
      })
      worker.once('message', answered)
      worker.once('error', failed)
    })
  const mine = await openDatabase(file, create)
  const told = /^WAREHOUSE_LOCKED .*another thread of this process \(pid \d+\)/
  assert.match(await inThread(), process.platform === 'linux' ? told : /^opened$/)
  await mine[Symbol.asyncDispose]()
  assert.equal(await inThread(), 'opened')
})

test('a file closes whatever its schemas are called', async () => {
  for (const schema of ['memory', 'warehouse', 'temp', 'system']) {
    const opened = await openDatabase(join(folder, 'schemas.duckdb'), create)
    await opened.db.run(`CREATE SCHEMA "${schema}"`)
    await opened[Symbol.asyncDispose]()
  }
})

test('what cannot be opened is said of the file', async () => {
  const missing = join(folder, 'missing', 'w.duckdb')
  await assert.rejects(openDatabase(missing, { create: false }), {
    code: 'NOT_FOUND',
    message: /no warehouse .*missing/,
  })
  assert.equal(existsSync(join(folder, 'missing')), false)
  const text = join(folder, 'text.duckdb')
  writeFileSync(text, 'not a database')
  await assert.rejects(openDatabase(text, create), {
    code: 'READ_FAILED',
    message: /text\.duckdb is no DuckDB database/,
  })
  await assert.rejects(openDatabase(folder, create), { code: 'READ_FAILED', message: /is not a file/ })
  await assert.rejects(openDatabase(join(text, 'w.duckdb'), create), {
    code: 'WRITE_FAILED',
    message: /Cannot make the warehouse/,
  })
})

test('changes come one after the other, also after one that failed', async () => {
  await using opened = await openDatabase(join(folder, 'order.duckdb'), create)
  const seen: number[] = []
  const change = (n: number, wait: number) =>
    opened.exclusive(async () => {
      seen.push(n)
      await new Promise(done => setTimeout(done, wait))
      seen.push(n)
      if (n === 1) throw new Error('no')
    })
  const all = await Promise.allSettled([change(1, 20), change(2, 5), change(3, 0)])
  assert.deepEqual(seen, [1, 1, 2, 2, 3, 3])
  assert.deepEqual(
    all.map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled'],
  )
})
