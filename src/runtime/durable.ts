/** Small files and names that must survive a crash of the machine. */
import { open, rename, stat } from 'node:fs/promises'
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
  const handle = await open(temporary, 'wx')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, path)
  await flush(dirname(path))
}
