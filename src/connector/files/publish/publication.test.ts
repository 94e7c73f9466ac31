/** A process that is killed at any step of a publication leaves all of yesterday or all of today. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { batchOfCells } from '../../../schema/batch.ts'
import { csv } from '../../../schema/codec.ts'
import { t } from '../../../schema/type.ts'
import { layoutOf } from '../path/layout.ts'
import { type FolderTarget, openFolder } from '../write/folder-sink.ts'
import { textFileFormat } from '../write/text.ts'
import type { Step } from './intent.ts'
import { publishedIn } from './published.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-publication-'))
})
after(() => rm(folder, { recursive: true }))

type Row = [shop: string, sold: number]
const schema = { shop: t.string(), sold: t.int32() }
// A partition goes, one changes, one stays as it is, one comes.
const yesterday: Row[] = [
  ['a', 1],
  ['b', 2],
  ['b', 3],
  ['c', 4],
]
const today: Row[] = [
  ['b', 5],
  ['c', 4],
  ['d', 6],
]

/** Its text is also what the processes run that are killed. */
async function publish(root: string, rows: Row[], onStep?: FolderTarget['onStep']): Promise<void> {
  const format = textFileFormat({ name: 'csv', ...csv() })
  const partitionBy = ['shop']
  const layout = layoutOf('files.csv', root, { partitionBy })
  const target = { what: 'files.csv', format, layout, dir: '', partitionBy }
  const writer = await openFolder(
    onStep === undefined ? target : { ...target, onStep },
    { schema, mode: 'append' },
    undefined,
  )
  let ended = false
  try {
    await writer.write(1, batchOfCells(schema, rows))
    await writer.commit(1)
    ended = true
  } finally {
    await writer.close(ended)
  }
}

/** Runs `publish` in a process of its own, which kills itself, as `kill -9` does, after so many steps. */
async function killedAfter(root: string, rows: Row[], steps: number): Promise<void> {
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
  const script = `
    import { openFolder } from ${module('../write/folder-sink.ts')}
    import { layoutOf } from ${module('../path/layout.ts')}
    import { textFileFormat } from ${module('../write/text.ts')}
    import { batchOfCells } from ${module('../../../schema/batch.ts')}
    import { csv } from ${module('../../../schema/codec.ts')}
    import { t } from ${module('../../../schema/type.ts')}
    const schema = { shop: t.string(), sold: t.int32() }
    let left = ${steps}
    const onStep = () => {
      if (left-- === 0) process.kill(process.pid, 'SIGKILL')
    }
    const publish = ${publish.toString()}
    await publish(${JSON.stringify(root)}, ${JSON.stringify(rows)}, onStep)`
  const flags = ['--conditions=headrace-source', '--input-type=module', '-e', script]
  const signal = await new Promise<unknown>((resolve, reject) => {
    execFile(process.execPath, flags, (error, _, stderr) => {
      if (error?.signal === 'SIGKILL') resolve(error.signal)
      else reject(new Error(`the process was not killed: ${stderr}`))
    })
  })
  assert.equal(signal, 'SIGKILL')
}

/** What a reader of Headrace finds. */
async function read(root: string): Promise<string[]> {
  const { manifest } = await publishedIn(root)
  return linesOf(
    root,
    manifest!.files.map(file => file.path),
  )
}

async function linesOf(root: string, paths: readonly string[]): Promise<string[]> {
  const lines: string[] = []
  for (const path of paths) {
    const [, ...rows] = (await readFile(join(root, path), 'utf8')).trimEnd().split('\n')
    for (const row of rows) lines.push(`${path.split('/')[0]} ${row}`)
  }
  return lines.sort()
}

/** What a tool finds that knows no manifest: every file of data that lies there. */
async function found(root: string): Promise<string[]> {
  return linesOf(root, (await pathsIn(root)).filter(isData))
}

const isData = (path: string): boolean => !path.startsWith('_')

async function pathsIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

async function bytesIn(root: string): Promise<string[]> {
  return Promise.all(
    (await pathsIn(root)).map(async path => `${path}\n${await readFile(join(root, path), 'utf8')}`),
  )
}

const expected = (rows: Row[]): string[] => rows.map(([shop, sold]) => `shop=${shop} ${sold}`).sort()

async function stepsOf(name: string): Promise<{ steps: Step[]; bytes: string[] }> {
  const root = join(folder, name)
  await publish(root, yesterday)
  const steps: Step[] = []
  await publish(root, today, step => steps.push(step))
  return { steps, bytes: await bytesIn(root) }
}

test('killed at any step, a run leaves all of yesterday or all of today, and running it again gives the same bytes', async () => {
  const { steps, bytes } = await stepsOf('whole')
  assert.deepEqual(
    [...new Set(steps)],
    [
      'locked',
      'staged',
      'flushed',
      'committed',
      'mark removed',
      'file moved',
      'moved',
      'deleted',
      'manifest written',
      'mark written',
      'staging removed',
      'intent removed',
      'unlocked',
    ],
  )
  const atOnce = 2
  for (let from = 0; from < steps.length; from += atOnce) {
    await Promise.all(steps.slice(from, from + atOnce).map((step, i) => killed(from + i, step)))
  }

  async function killed(number: number, step: Step): Promise<void> {
    const what = `killed at step ${number}, ${step}`
    const root = join(folder, `killed-${number}`)
    await publish(root, yesterday)
    await killedAfter(root, today, number)
    const isToday = number >= steps.indexOf('committed')
    const names = await pathsIn(root)
    if (names.includes('_SUCCESS')) {
      const whole = [expected(yesterday), expected(today)].map(rows => JSON.stringify(rows))
      assert.ok(whole.includes(JSON.stringify(await found(root))), `${what}: a mark beside half a day`)
    }
    assert.deepEqual(await read(root), expected(isToday ? today : yesterday), what)
    if (isToday) assert.deepEqual(await found(root), expected(today), what)
    for (const again of ['after the crash', 'once more']) {
      await publish(root, today)
      assert.deepEqual(await bytesIn(root), bytes, `${what}, run ${again}`)
    }
  }
})

test('a run that fails leaves what was there, and nothing beside it', async () => {
  const root = join(folder, 'failed')
  const open = async () => {
    const format = textFileFormat({ name: 'csv', ...csv() })
    const layout = layoutOf('files.csv', `${root}/`)
    const target = { what: 'files.csv', format, layout, dir: '', partitionBy: [] }
    return openFolder(target, { schema, mode: 'append' }, undefined)
  }
  const first = await open()
  await first.write(1, batchOfCells(schema, yesterday))
  await first.close(false)
  await assert.rejects(readdir(root), { code: 'ENOENT' })
  const second = await open()
  await second.close(true)
  const bytes = await bytesIn(root)
  const third = await open()
  await third.write(1, batchOfCells(schema, today))
  await third.close(false)
  assert.deepEqual(await bytesIn(root), bytes)
})

test('one writer a folder: the second is refused, and the lock of a process that is gone is not', async () => {
  const root = join(folder, 'locked')
  await publish(root, yesterday)
  const refused = { code: 'FOLDER_LOCKED', message: /another run of this process/ }
  const second: Promise<void>[] = []
  await publish(root, today, step => {
    if (step === 'staged') second.push(assert.rejects(publish(root, yesterday), refused))
  })
  await Promise.all(second)
  assert.deepEqual(await read(root), expected(today))
  await killedAfter(root, yesterday, 0)
  assert.ok((await pathsIn(root)).includes('_lock'))
  await publish(root, yesterday)
  assert.deepEqual(await read(root), expected(yesterday))
  assert.ok(!(await pathsIn(root)).includes('_lock'))
})

test('another process that lives keeps its lock, by its pid', async () => {
  const root = join(folder, 'elsewhere')
  await mkdir(root)
  const holder = (pid: number, started?: string) =>
    writeFile(join(root, '_lock'), JSON.stringify({ id: 'other', pid, host: hostname(), started }))
  await holder(process.ppid)
  await assert.rejects(publish(root, today), {
    code: 'FOLDER_LOCKED',
    message: new RegExp(`process ${process.ppid} is writing to it`),
  })
  // The same number, of a process that began at another time: on Linux that can be told.
  if (process.platform === 'linux') {
    await holder(process.ppid, '1')
    await publish(root, today)
    assert.deepEqual(await read(root), expected(today))
  }
})

test('a reader of a folder that is published anew is told so', async () => {
  const root = join(folder, 'anew')
  await publish(root, yesterday)
  const published = await publishedIn(root)
  await published.check()
  await publish(root, today)
  await assert.rejects(published.check(), { code: 'CHANGED_MEANWHILE', message: /published anew/ })
  assert.equal((await publishedIn(join(folder, 'nowhere'))).manifest, undefined)
})

test('a manifest of a newer version is refused, and a damaged one named', async () => {
  const root = join(folder, 'manifests')
  await publish(root, yesterday)
  const manifest = join(root, '_manifest.json')
  const text = await readFile(manifest, 'utf8')
  for (const [changed, code] of [
    [text.replace('"version": 1', '"version": 2'), 'NEWER_FORMAT'],
    [text.slice(0, 100), 'READ_FAILED'],
    [text.replace('shop=a/', '../../'), 'READ_FAILED'],
    [text.replace('"version": 1,', ''), 'READ_FAILED'],
  ] as const) {
    await writeFile(manifest, changed)
    await assert.rejects(publishedIn(root), { code, message: /_manifest\.json/ })
    await assert.rejects(publish(root, today), { code, message: /_manifest\.json/ })
  }
})

test('what is no folder is refused, and stays', async () => {
  const root = join(folder, 'a-file')
  await writeFile(root, 'mine')
  await assert.rejects(publish(root, today), { code: 'WRITE_FAILED', message: /a-file: it is no folder/ })
  assert.equal(await readFile(root, 'utf8'), 'mine')
})

test('files that Headrace did not write are never replaced', async () => {
  const root = join(folder, 'foreign')
  await mkdir(join(root, 'shop=b'), { recursive: true })
  await writeFile(join(root, 'shop=b', 'mine.csv'), 'sold\n7\n')
  await assert.rejects(publish(root, today), { code: 'WRITE_FAILED', message: /shop=b lies there/ })
  await rm(join(root, 'shop=b'), { recursive: true })
  await publish(root, today)
  await writeFile(join(root, 'shop=b', 'mine.csv'), 'sold\n7\n')
  await assert.rejects(publish(root, today), { code: 'WRITE_FAILED', message: /mine\.csv lies there/ })
  assert.deepEqual(await read(root), expected(today))
})
