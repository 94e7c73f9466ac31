/** The help pages. */
import { type Command, commonOptions, type Option, type Outcome } from './command/command.ts'

/** What `headrace --help` shows. */
export function mainHelp(commands: readonly Command[], notYet: Readonly<Record<string, string>>): Outcome {
  const text = [
    'headrace: batch, micro-batch and stream data processing from one typed plan',
    '',
    ...aligned(commands.map(({ name, usage, summary }) => [`headrace ${name} ${usage}`.trim(), summary])),
    '',
    'NAME is a definition that a file of the project exports (headrace.config.ts says which files are looked at).',
    'FILE is a TypeScript or JavaScript module; FILE#NAME picks one of its definitions.',
    '',
    'Every command takes',
    ...optionLines({ ...commonOptions, version: { text: 'print the version (without a command)' } }),
    '',
    'Exit codes: 0 done, 1 failed, 2 the command line was not understood.',
    `Not in this version yet: ${Object.keys(notYet).join(', ')}.`,
    'More: headrace help COMMAND',
  ].join('\n')
  return {
    document: { commands: commands.map(({ name, usage, summary }) => ({ name, usage, summary })) },
    text,
  }
}

/** What `headrace help COMMAND` shows. */
export function commandHelp(command: Command): Outcome {
  const { name, usage, summary, notes = [], options, examples } = command
  const text = [
    `headrace ${name} ${usage}`.trim(),
    '',
    `${capital(summary)}.`,
    ...notes.flatMap(note => ['', ...wrapped(note)]),
    '',
    'Options',
    ...optionLines({ ...options, ...commonOptions }),
    '',
    'Examples',
    ...aligned(examples.map(([line, what]) => [`headrace ${line}`, what])),
  ].join('\n')
  return { document: { name, usage, summary, notes, options, examples }, text }
}

const WIDTH = 100

/** A paragraph in lines. */
function wrapped(text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && line.length + word.length >= WIDTH) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}

function optionLines(options: Readonly<Record<string, Option>>): string[] {
  return aligned(
    Object.entries(options).map(([name, { value, text }]) => [
      value === undefined ? `--${name}` : `--${name} ${value}`,
      text,
    ]),
  )
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
