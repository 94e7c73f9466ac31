/** Pages of the documentation as a program: its fenced blocks, in order. */

/**
 * A fenced block, and what it is for:
 *
 * - `ts`: a program that runs. `ts shop/jobs.ts`, `csv users.csv`…: a file, with its name.
 * - `sh`: commands. `sh fails`: the last of them fails, as the page says.
 * - `text` right after one of those: what it prints, to the letter but for times and rates.
 *
 * A block inside a comment (`<!-- … -->`) is not shown, and works the same: what the next blocks need.
 */
export interface Block {
  /** Where it stands: 'README.md:12'. */
  readonly place: string
  readonly language: string
  /** What follows the language. */
  readonly argument: string
  readonly code: string
}

const FENCED = /^```(\w+)(?: ([^\n]+))?\n(.*?)^```$/gms

export function blocksOf(path: string, text: string): Block[] {
  return [...text.matchAll(FENCED)].map(({ index, 1: language = '', 2: argument = '', 3: code = '' }) => ({
    place: `${path}:${text.slice(0, index).split('\n').length}`,
    language,
    argument: argument.trim(),
    code,
  }))
}

/** A program, a file that others read, or neither. */
export function fileOf({ language, argument }: Block): string | undefined {
  return language !== 'sh' && argument !== '' ? argument : undefined
}

export interface Command {
  readonly env: Readonly<Record<string, string>>
  readonly words: readonly string[]
}

const WORD = /"((?:[^"\\]|\\.)*)"|'([^']*)'|(?:[^\s"'\\#]|\\.|(?<=\S)#)+/g

/** The commands of a `sh` block: words, quoted ones without their quotes, and the variables before them. Comments are left out. */
export function commandsOf(code: string): Command[] {
  return code
    .split('\n')
    .map(line => wordsOf(line))
    .filter(words => words.length > 0)
    .map(words => {
      const first = words.findIndex(word => !/^[A-Z_]+=/.test(word))
      const variables = words
        .slice(0, first)
        .map(word => word.split(/=(.*)/s).slice(0, 2) as [string, string])
      return { env: Object.fromEntries(variables), words: words.slice(first) }
    })
}

function wordsOf(line: string): string[] {
  const text = line.replace(/(^|\s)#.*$/, '')
  return [...text.matchAll(WORD)].map(([word, double, single]) => double ?? single ?? word)
}

/** What is printed, without what differs from run to run: times, rates, and the folder that a page runs in. */
export function settled(text: string, folder: string): string {
  return text
    .replaceAll(folder, '…')
    .replaceAll(/\d[\d,.]* (s|ms|rows\/s)\b/g, '… $1')
    .replaceAll(/[ \t]+$/gm, '')
    .trim()
}
