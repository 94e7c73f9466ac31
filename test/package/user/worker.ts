/** Headrace inside a worker thread. */
import { isMainThread, Worker, workerData } from 'node:worker_threads'

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: 20 })
  worker.on('message', (sum: bigint) => console.log(`the worker added up to ${sum}`))
} else {
  const { memory, open, sum, t } = await import('headrace')
  const { parentPort } = await import('node:worker_threads')
  const rows = Array.from({ length: workerData as number }, (_, n) => ({ n }))
  const session = await open()
  for await (const row of session.rows(
    memory.rows(rows, { schema: { n: t.int64() } }).agg({ all: sum('n') }),
  )) {
    parentPort!.postMessage(row.all)
  }
  await session.close()
}
