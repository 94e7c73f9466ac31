/** `npm run docs`: writes the pages of docs/reference/ that are generated from the code. A test keeps them equal. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errors } from '../src/errors.ts'
import { readRepository } from '../test/tidy/project.ts'
import { apiPage } from './api-page.ts'
import { cliPage } from './cli-page.ts'
import { functionsPage } from './functions-page.ts'

const reactions = {
  retry: 'try the same again',
  wait: 'wait until the outside is back, then go on',
  stop: 'stop: the same input gives the same error until something is changed',
  ask: 'stop and let a person decide',
}

/** The text of docs/reference/errors.md. */
export function errorPage(): string {
  const rows = Object.entries(errors).map(
    ([code, { reaction, meaning }]) => `| \`${code}\` | ${reaction} | ${meaning.replaceAll('|', '\\|')} |`,
  )
  const said = Object.entries(reactions).map(([reaction, what]) => `- **${reaction}**: ${what}.`)
  return `# Errors

Generated from \`src/errors.ts\` by \`npm run docs\`.

Every error that a user, their data or the outside world can cause is a \`HeadraceError\` with a \`code\` of this table.
The message says what was tried, on what, what came instead, and what to do. \`reaction\` says what a program does about it:

${said.join('\n')}

| code | reaction | when, and the way out |
|---|---|---|
${rows.join('\n')}
`
}

if (import.meta.main) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const folder = `${root}docs/reference/`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}errors.md`, errorPage())
  writeFileSync(`${folder}functions.md`, functionsPage())
  writeFileSync(`${folder}cli.md`, await cliPage())
  writeFileSync(`${folder}api.md`, apiPage(readRepository(root)))
}
