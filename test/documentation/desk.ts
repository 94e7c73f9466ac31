/** Where the pages of the documentation are tried: a folder for each, in which `headrace` is installed. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Block, type Command, commandsOf, fileOf, settled } from './page.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export class Desk {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-pages-')))

  constructor() {
    const modules = join(this.#folder, 'node_modules')
    mkdirSync(join(modules, '@types'), { recursive: true })
    symlinkSync(root, join(modules, 'headrace'), 'junction')
    symlinkSync(join(root, 'node_modules/@types/node'), join(modules, '@types/node'), 'junction')
    writeFileSync(join(this.#folder, 'package.json'), '{ "type": "module" }')
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }

  /** What the compiler says of all programs and modules of the pages, with their places instead of file names. */
  compile(pages: readonly (readonly Block[])[]): string {
    const places = new Map<string, Block>()
    for (const [page, blocks] of pages.entries()) {
      for (const [i, block] of blocks.entries()) {
        if (block.language !== 'ts') continue
        const name = join(`types${page}`, fileOf(block) ?? `program${i}.ts`)
        this.#write(name, `${block.code}\nexport {}\n`)
        places.set(name.replaceAll('\\', '/'), block)
      }
    }
    // A page may declare what it does not use.
    const options = { noUnusedLocals: false, noUnusedParameters: false }
    const config = { extends: join(root, 'tsconfig.json'), include: ['types*/**/*.ts'], exclude: [] }
    this.#write('tsconfig.json', JSON.stringify({ ...config, compilerOptions: options }))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const done = this.#node([tsc, '-p', this.#folder, '--pretty', 'false'], this.#folder)
    return done.stdout.replaceAll(/^(\S+\.ts)\(/gm, (all, file: string) => {
      const place = places.get(relative(this.#folder, join(this.#folder, file)).replaceAll('\\', '/'))?.place
      return place === undefined ? all : `${place}(`
    })
  }

  /** Runs the blocks of a page in a folder of their own, and gives what went wrong. */
  run(page: string, blocks: readonly Block[]): string[] {
    const folder = join(this.#folder, page)
    mkdirSync(folder, { recursive: true })
    const found: string[] = []
    let printed: string | undefined
    for (let i = 0; i < blocks.length && found.length === 0; i++) {
      const block = blocks[i]!
      const file = fileOf(block)
      if (block.language === 'text') found.push(...compare(block, printed, folder))
      else if (file !== undefined) this.#write(join(page, file), block.code)
      else if (block.language === 'ts') printed = this.#program(folder, block, i, found)
      else if (block.language === 'sh') printed = this.#commands(folder, block, found)
      if (block.language !== 'ts' && block.language !== 'sh') printed = undefined
    }
    return found
  }

  #program(folder: string, { place, code }: Block, i: number, found: string[]): string {
    const file = join(folder, `program${i}.ts`)
    writeFileSync(file, code)
    const { status, stdout, stderr } = this.#node([file], folder)
    if (status !== 0) found.push(`${place}: ${stdout}${stderr}`)
    return stdout
  }

  /** Each block begins in the folder of the page. */
  #commands(folder: string, { place, code, argument }: Block, found: string[]): string {
    let dir = folder
    const commands = commandsOf(code)
    const printed = commands.map((command, i) => {
      const line = command.words.join(' ')
      if (command.words[0] === 'cd') {
        dir = join(dir, command.words[1]!)
        return ''
      }
      const fails = argument === 'fails' && i === commands.length - 1
      const { status, stdout, stderr } = this.#command(dir, command)
      if (status !== 0 && !fails) found.push(`${place}: ${line}: ${stdout}${stderr}`)
      if (status === 0 && fails) found.push(`${place}: ${line} does not fail`)
      return fails ? stderr : stdout
    })
    return printed.join('')
  }

  /** What npm does is tried by the test of the package. */
  #command(dir: string, { env, words }: Command): Done {
    const [name, ...args] = words
    if (name === 'npm') return { status: 0, stdout: '', stderr: '' }
    if (name === 'npx' && args[0] === 'headrace') {
      return this.#node([join(root, 'bin/headrace.js'), ...args.slice(1)], dir, env)
    }
    return { status: 1, stdout: '', stderr: `${name} is not a command that this test knows` }
  }

  #node(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Done {
    return spawnSync(process.execPath, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' })
  }

  #write(name: string, text: string): void {
    const path = join(this.#folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

interface Done {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function compare({ place, code }: Block, printed: string | undefined, folder: string): string[] {
  if (printed === undefined) return []
  const [expected, actual] = [settled(code, folder), settled(printed, folder)]
  return expected === actual ? [] : [`${place}: the page shows\n${expected}\nand this is printed\n${actual}`]
}
