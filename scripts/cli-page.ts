/** docs/reference/cli.md, of what the commands say of themselves. */
import { type Command, commonOptions, type Option } from '../src/cli/command/command.ts'
import { allCommands } from '../src/cli/main.ts'

/** The text of the page. */
export async function cliPage(): Promise<string> {
  const commands = await allCommands()
  return `# The command line

Generated from the commands in \`src/cli/command/\` by \`npm run docs\`. \`headrace help COMMAND\` shows the same.

NAME is a definition that a module of the project exports; \`include\` in headrace.config.ts says which modules are looked at
(by default all of \`src/\`; never tests, declarations, and what lies under node_modules or in a hidden folder). A module that
cannot be loaded is told on standard error, and only stops what is not found elsewhere. FILE is a TypeScript or JavaScript
module, from the current folder or that of the project; FILE#NAME picks one of its definitions, by its name or that of the
export.

Every command takes:

${optionList(commonOptions)}

Exit codes: 0 done, 1 failed, 2 the command line was not understood. Results go to standard output; progress and what is
told beside them go to standard error, without colours. With \`--json\` standard output has exactly one JSON document, also
where a command fails: \`{"error":{"code":"NOT_FOUND","message":"…"}}\`, with a code of [errors](errors.md), \`USAGE\`, or
\`UNEXPECTED\`. 64-bit integers and decimals are texts in it. What modules and targets such as \`print()\` write then goes to
standard error.

${commands.map(section).join('\n\n')}
`
}

function section({ name, usage, summary, notes = [], options, examples }: Command): string {
  const lines = examples.map(([line, what]) => `headrace ${line}  # ${what}`)
  return [
    `## headrace ${name}`,
    `\`headrace ${`${name} ${usage}`.trim()}\` ${summary}.`,
    ...notes,
    ...(Object.keys(options).length === 0 ? [] : [optionList(options)]),
    `\`\`\`text\n${lines.join('\n')}\n\`\`\``,
  ].join('\n\n')
}

function optionList(options: Readonly<Record<string, Option>>): string {
  return Object.entries(options)
    .map(([name, { value, text }]) => `- \`--${name}${value === undefined ? '' : ` ${value}`}\`: ${text}`)
    .join('\n')
}
