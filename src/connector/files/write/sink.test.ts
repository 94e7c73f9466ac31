import assert from 'node:assert/strict'
import { once } from 'node:events'
import { appendFile, lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Write } from '../../../plan/endpoint.ts'
import { batchOfCells, cellsAt } from '../../../schema/batch.ts'
import type { Cell } from '../../../schema/cell.ts'
import { t } from '../../../schema/type.ts'
import type { SinkInput } from '../../../seam/sink.ts'
import type { FileFormat } from './format.ts'
import { fileSink } from './sink.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-files-'))
})
after(() => rm(folder, { recursive: true }))

const schema = { id: t.int32(), name: t.string() }
const append: SinkInput = { schema, mode: 'append' }
const upsert: SinkInput = { schema, mode: 'upsert', key: ['id'] }

/** A row a line, its cells apart by spaces. */
const lines: FileFormat = {
  name: 'lines',
  writers: async () => ({
    create: async ({ temporary }) => {
      await writeFile(temporary, '')
      return {
        write: async batch => {
          for (let row = 0; row < batch.length; row++) {
            await appendFile(temporary, `${cellsAt(batch, row).join(' ')}\n`)
          }
        },
        end: async () => undefined,
        abort: async () => undefined,
      }
    },
    close: () => undefined,
  }),
}

const sinkOf = (path: string, write?: Write) =>
  fileSink(write === undefined ? { format: lines, path } : { format: lines, path, write })

function open(name: string, input: SinkInput, write?: Write) {
  return sinkOf(join(folder, name), write).open(0, input)
}

const rows = (cells: Cell[][], weights?: number[]) => batchOfCells(schema, cells, weights)
const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')

test('the file appears whole when the run has ended, and replaces the old one', async () => {
  await writeFile(join(folder, 'a.txt'), 'old\n')
  const writer = await open('a.txt', append)
  await writer.write(1, rows([[1, 'x']]))
  await writer.commit(1)
  await writer.write(2, rows([[2, 'y']]))
  assert.equal(await text('a.txt'), 'old\n')
  await writer.commit(2)
  assert.equal(await writer.committed(), 2)
  await writer.close(true)
  assert.equal(await text('a.txt'), '1 x\n2 y\n')
})

test('a run that fails leaves the old file and nothing else', async () => {
  await writeFile(join(folder, 'b.txt'), 'old\n')
  const writer = await open('b.txt', append)
  await writer.write(1, rows([[1, 'x']]))
  await writer.close(false)
  assert.equal(await text('b.txt'), 'old\n')
  const unused = await open('c.txt', append)
  await unused.close(false)
  assert.deepEqual(
    (await readdir(folder)).filter(name => !/^[ab]\.txt$/.test(name)),
    [],
  )
})

test('missing folders are made, and a run without rows gives an empty file', async () => {
  const writer = await open('deep/er/d.txt', append)
  await writer.commit(1)
  await writer.close(true)
  assert.equal(await text('deep/er/d.txt'), '')
})

test('changes are folded: the file holds what they add up to', async () => {
  const writer = await open('e.txt', upsert)
  await writer.write(
    1,
    rows([
      [1, 'x'],
      [2, 'y'],
    ]),
  )
  await writer.commit(1)
  await writer.write(
    2,
    rows(
      [
        [1, 'z'],
        [1, 'x'],
        [2, 'y'],
      ],
      [1, -1, -1],
    ),
  )
  await writer.commit(2)
  await writer.close(true)
  assert.equal(await text('e.txt'), '1 z\n')
  const changelog = await open('f.txt', { schema, mode: 'changelog' }, 'replace')
  await changelog.write(
    1,
    rows(
      [
        [5, 'same'],
        [6, 'gone'],
        [5, 'same'],
        [6, 'gone'],
      ],
      [1, -1, 1, 1],
    ),
  )
  await changelog.close(true)
  assert.equal(await text('f.txt'), '5 same\n5 same\n')
})

test('rows that are only added are upserted by their key, the last that came', async () => {
  const writer = await open('i.txt', { ...append, key: ['id'] }, 'upsert')
  await writer.write(
    1,
    rows([
      [1, 'x'],
      [2, 'y'],
      [1, 'z'],
    ]),
  )
  await writer.close(true)
  assert.equal(await text('i.txt'), '1 z\n2 y\n')
})

test('what each way of writing accepts', () => {
  const accepts = (write?: Write) => sinkOf('x', write).accepts
  assert.deepEqual(accepts(), ['append', 'upsert'])
  assert.deepEqual(accepts('append'), ['append'])
  assert.deepEqual(accepts('upsert'), ['append', 'upsert'])
  assert.deepEqual(accepts('replace'), ['append', 'upsert', 'changelog'])
})

test('runs without end, second partitions, folders and epochs out of turn are refused', async () => {
  await assert.rejects(open('g.txt', { ...append, bounded: false }), {
    code: 'REFUSED',
    message: /without end/,
  })
  await assert.rejects(sinkOf(join(folder, 'g.txt')).open(1, append), { code: 'WRITE_FAILED' })
  await assert.rejects(sinkOf(folder).open(0, append), { code: 'WRITE_FAILED', message: /a folder/ })
  const writer = await open('g.txt', append)
  await assert.rejects(writer.write(2, rows([])), { code: 'WRITE_FAILED', message: /epoch 2/ })
  await assert.rejects(writer.commit(3), { code: 'WRITE_FAILED' })
  await writer.close(false)
})

test('a place that cannot be written is named', async () => {
  await writeFile(join(folder, 'file'), '')
  await assert.rejects(open('file/h.txt', append), { code: 'WRITE_FAILED', message: /file\/h\.txt/ })
})

test('what is no file, such as a socket, is refused and stays', async () => {
  const server = createServer().listen(join(folder, 'socket'))
  await once(server, 'listening')
  await assert.rejects(open('socket', append), {
    code: 'WRITE_FAILED',
    message: /socket: it is a device or a pipe/,
  })
  assert.ok((await lstat(join(folder, 'socket'))).isSocket())
  server.close()
})

test('a link stays a link, and the file behind it is replaced', async () => {
  await writeFile(join(folder, 'behind.txt'), 'old\n')
  await symlink(join(folder, 'behind.txt'), join(folder, 'link.txt'))
  const writer = await open('link.txt', append)
  await writer.write(1, rows([[1, 'x']]))
  await writer.commit(1)
  await writer.close(true)
  assert.equal(await text('behind.txt'), '1 x\n')
  assert.ok((await lstat(join(folder, 'link.txt'))).isSymbolicLink())
})

test('one file is written once at a time, and again when that has ended, well or not', async () => {
  for (const ended of [true, false]) {
    const writer = await open('once.txt', append)
    await assert.rejects(open('./once.txt', append), {
      code: 'WRITE_FAILED',
      message: /already being written/,
    })
    await writer.close(ended)
  }
  await (await open('once.txt', append)).close(false)
})
