/** Dead letters: a file of the records that a run could not process, one JSON object a line. */
import { isUtf8 } from 'node:buffer'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Rejection } from '../engine/engine.ts'
import type { Node } from '../plan/node.ts'
import { openPending, type PendingFile, removeUnfinished, writing } from '../runtime/pending-file.ts'
import { KEPT_BYTES } from '../schema/decoder.ts'
import type { RejectedRecord } from '../seam/source.ts'
import type { Letters } from './bad-records.ts'
import type { LetterFiles } from './letter-files.ts'

/** Letters are written when they hold so many characters, and at the end of each call. */
const WRITE_CHARACTERS = 1024 * 1024

/** The letters of one run. They are written as they come, and nobody sees them before they are published. */
export class DeadLetters implements Letters {
  readonly #files: LetterFiles
  readonly #describe: (rejection: Rejection) => object
  #pending: PendingFile | undefined
  #handle: FileHandle | undefined

  /** `describe` makes what is written of a rejection. */
  constructor(files: LetterFiles, describe: (rejection: Rejection) => object) {
    this.#files = files
    this.#describe = describe
  }

  get failed(): string {
    return this.#files.failed
  }

  async add(rejections: readonly Rejection[]): Promise<void> {
    this.#pending ??= await openPending(this.#files.published)
    const { temporary } = this.#pending
    let text = ''
    for (const rejection of rejections) {
      text += `${JSON.stringify(this.#describe(rejection), printable)}\n`
      if (text.length < WRITE_CHARACTERS) continue
      await this.#write(temporary, text)
      text = ''
    }
    await this.#write(temporary, text)
  }

  async #write(temporary: string, text: string): Promise<void> {
    await writing(this.#files.published, async () => {
      this.#handle ??= await open(temporary, 'wx')
      await this.#handle.appendFile(text)
    })
  }

  /** Everything is written: from here on publishing is a rename. */
  async complete(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await writing(this.#files.published, async () => {
      await handle?.sync()
      await handle?.close()
    })
  }

  /** Puts the letters in place of those of the run before, of which none stay; gives their path, if there are any. */
  async publish(): Promise<string | undefined> {
    await this.complete()
    const { published, failed } = this.#files
    const pending = this.#pending
    this.#pending = undefined
    await writing(failed, () => rm(failed, { force: true }))
    await removeUnfinished(failed)
    if (pending === undefined) {
      await removeUnfinished(published)
      await writing(published, () => rm(published, { force: true }))
      return undefined
    }
    await pending.publish()
    return published
  }

  /** Leaves the published letters as they are, and puts these beside them. */
  async fail(): Promise<void> {
    await this.complete()
    const { failed } = this.#files
    const pending = this.#pending
    this.#pending = undefined
    if (pending === undefined) return writing(failed, () => rm(failed, { force: true }))
    const kept = await openPending(failed)
    await writing(failed, () => rename(pending.temporary, kept.temporary))
    await kept.publish()
    await pending.discard()
  }

  /** As if the run had never begun. */
  async drop(): Promise<void> {
    await this.complete()
    await this.#pending?.discard()
    this.#pending = undefined
  }
}

/** A letter before it is JSON. `operators` are the names of the operators of the plan. */
export function letterOf(
  pipeline: string,
  rejection: Rejection,
  operators: ReadonlyMap<Node, string>,
): object {
  if ('record' in rejection) {
    const { place, line, byte, position, code, message } = rejection.record
    const source = rejection.node.source.name
    return { pipeline, source, place, line, byte, position, ...contentOf(rejection.record), code, message }
  }
  const { node, row, weight, code, message } = rejection
  const taken = weight === 1 ? {} : { weight }
  return { pipeline, operator: operators.get(node), function: node.function, row, ...taken, code, message }
}

/** The bytes as text where they are UTF-8. A character that the end of what is kept would cut is left out. */
function contentOf({ bytes, length = bytes.length }: RejectedRecord): object {
  const kept = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, KEPT_BYTES))
  const cut = length > kept.length ? { length } : {}
  const whole = length > kept.length ? kept.subarray(0, characterEnd(kept)) : kept
  return isUtf8(whole) ? { text: whole.toString(), ...cut } : { base64: kept.toString('base64'), ...cut }
}

/** Where the last whole character of UTF-8 ends. */
function characterEnd(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) break
    if (byte >= 0xc0) return isUtf8(bytes.subarray(-back)) ? bytes.length : bytes.length - back
  }
  return bytes.length
}

/** Values of rows that JSON has no form for, as `toJSON` of a row gives them. */
function printable(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key]
  if (typeof original === 'bigint') return original.toString()
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value
}
