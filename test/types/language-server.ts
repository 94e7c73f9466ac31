/** A small client of TypeScript's own language server, which is what editors ask: LSP over the standard streams. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** The `tsc` of the repository's own TypeScript. */
export const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
)

export class LanguageServer {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting = new Map<number, (message: Message) => void>()
  #received = Buffer.alloc(0)
  #lastId = 0

  private constructor() {
    this.#process = spawn(process.execPath, [tsc, '--lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#process.stdout.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  /** A server that is ready for files below a folder. */
  static async start(folder: string): Promise<LanguageServer> {
    const server = new LanguageServer()
    const rootUri = pathToFileURL(folder).href
    await server.#request('initialize', { processId: process.pid, rootUri, capabilities: {} })
    server.#send({ method: 'initialized', params: {} })
    return server
  }

  /** Opens a file with a text that need not be the one on disk. */
  open(file: string, text = readFileSync(file, 'utf8')): void {
    const textDocument = { uri: pathToFileURL(file).href, languageId: 'typescript', version: 1, text }
    this.#send({ method: 'textDocument/didOpen', params: { textDocument } })
  }

  /** The labels that an editor would offer at a place, counted from 0. */
  async complete(file: string, line: number, character: number): Promise<string[]> {
    const place = { textDocument: { uri: pathToFileURL(file).href }, position: { line, character } }
    const result = await this.#request('textDocument/completion', place)
    const items = Array.isArray(result) ? result : ((result as { items?: unknown[] } | null)?.items ?? [])
    return (items as { label: string }[]).map(item => item.label)
  }

  async stop(): Promise<void> {
    await this.#request('shutdown')
    const exited = new Promise(resolve => this.#process.once('exit', resolve))
    this.#send({ method: 'exit' })
    await exited
  }

  #request(method: string, params?: object): Promise<unknown> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(`${method}: ${error.message}`)),
      )
      this.#send(params === undefined ? { id, method } : { id, method, params })
    })
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    for (;;) {
      const headerEnd = this.#received.indexOf('\r\n\r\n')
      if (headerEnd < 0) return
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#received.toString('latin1', 0, headerEnd))?.[1],
      )
      const end = headerEnd + 4 + length
      if (this.#received.length < end) return
      const message = JSON.parse(this.#received.toString('utf8', headerEnd + 4, end)) as Message
      this.#received = this.#received.subarray(end)
      this.#handle(message)
    }
  }

  /** Answers to our requests are handed on; requests of the server (configuration, registrations) get an empty answer. */
  #handle(message: Message): void {
    if (message.id === undefined) return
    if (message.method !== undefined) {
      this.#send({ id: message.id, result: null })
      return
    }
    this.#waiting.get(message.id)?.(message)
    this.#waiting.delete(message.id)
  }
}
