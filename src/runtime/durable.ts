/** Small files and names that must survive a crash of the machine. */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { unusedName } from './random.ts'

/** fsync of a file or folder. Windows cannot open a folder, and needs no flush of one. */
export async function flush(path: string): Promise<void> {
  if (process.platform === 'win32' && (await stat(path)).isDirectory()) return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Puts a text in place of a file's: whoever looks sees the old one or the new one, whole. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}-${unusedName()}`
  try {
    const handle = await open(temporary, 'wx')
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    // What a full disk did not take should not fill it.
    await rm(temporary, { force: true })
    throw error
  }
  await flush(dirname(path))
}

/** Makes a folder, and those above it, if need be. Gives the outermost that was made: what is in it lasts if its name does. */
export async function makeFolder(path: string): Promise<string | undefined> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return undefined
  for (let made = path; made.length >= first.length; made = dirname(made)) await flush(dirname(made))
  return first
}
