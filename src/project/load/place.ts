/** Places in files, as messages name them. */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** A line of a file, 1 for the first. */
export interface Place {
  readonly path: string
  readonly line: number
}

export function placeText({ path, line }: Place): string {
  return `${shownPath(path)}:${line}`
}

/** A path as messages show it: relative to the current folder where it lies in it. */
export function shownPath(path: string): string {
  const short = relative('.', path)
  return short === '' || short.startsWith('..') ? path : short
}

/** The text of a line; empty if the file cannot be read. */
export function lineAt({ path, line }: Place): string {
  try {
    return readFileSync(path, 'utf8').split('\n')[line - 1] ?? ''
  } catch {
    return ''
  }
}

/** The first line of a message, ending in a full stop. */
export function sentence(message: string): string {
  const [first] = message.trim().split('\n')
  return /[.!?]$/.test(first!) ? first! : `${first}.`
}
