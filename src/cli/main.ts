import { readFileSync } from 'node:fs'

const help = `headrace: batch, micro-batch and stream data processing from one typed plan

  headrace --help      this page
  headrace --version   the version
`

/** Runs one command line. The result is the exit code: 0 done, 2 the command line was not understood. */
export async function main(args: readonly string[]): Promise<number> {
  const [command = '--help'] = args
  if (command === '--help' || command === '-h') {
    process.stdout.write(help)
    return 0
  }
  if (command === '--version' || command === '-v') {
    process.stdout.write(`${version()}\n`)
    return 0
  }
  process.stderr.write(`headrace: there is no command "${command}"; see headrace --help\n`)
  return 2
}

/** src/cli/ and dist/cli/ are equally deep, so the same path finds the manifest from both. */
function version(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
