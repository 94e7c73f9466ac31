/** The package as users get it: packed, and installed with npm into projects of its own, from whatever registry is set. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The Nodes that are tried; npm has them as packages. */
export const NODES = { '18': '18.20.8', '22': '22.23.3', '24': '24.21.0' } as const
export type NodeMajor = keyof typeof NODES

/** Says what is wrong with a manifest and the files that it leads to. */
const PUBLINT = 'publint@0.3.25'

/** What runs here takes seconds, but 180 MB of a Node may come over a slow line. Longer is a hang. */
const TIMEOUT_MS = 300_000

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Manifest {
  readonly version: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly devDependencies: Readonly<Record<string, string>>
}

export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Where everything is installed. */
export interface Installed {
  readonly dir: string
  /** A project with the package, the compiler, Nodes and the files of test/package/user/. */
  readonly project: string
  /** A project with nothing but the package. */
  readonly bare: string
  remove(): void
}

/** Packs the package, which builds it, and installs it. Rejects with what npm said. */
export async function install(): Promise<Installed> {
  const dir = mkdtempSync(join(tmpdir(), 'headrace-package-'))
  const [project, bare] = [join(dir, 'project'), join(dir, 'bare')]
  try {
    await npm(root, 'pack', '--pack-destination', dir)
    const tarball = join(dir, `headrace-${manifest.version}.tgz`)
    const compiler = ['typescript', '@types/node'].map(name => `${name}@${manifest.devDependencies[name]}`)
    await npm(projectIn(bare), 'install', tarball)
    await npm(projectIn(project), 'install', tarball, ...compiler, PUBLINT)
    for (const [major, version] of Object.entries(NODES)) {
      await npm(projectIn(join(project, `node-${major}`)), 'install', `node@${version}`)
    }
    cpSync(join(root, 'test', 'package', 'user'), project, { recursive: true })
  } catch (error) {
    rmSync(dir, { recursive: true })
    throw error
  }
  return { dir, project, bare, remove: () => rmSync(dir, { recursive: true }) }
}

/** An empty project. `node` links its binary in an install script. */
function projectIn(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const content = { private: true, type: 'module', allowScripts: { node: true } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(content))
  return folder
}

async function npm(cwd: string, ...args: string[]): Promise<void> {
  const cli = process.env.npm_execpath
  const [command, before] = cli === undefined ? ['npm', []] : [process.execPath, [cli]]
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const { status, stdout, stderr } = await run(command, [...before, ...args, ...quiet], cwd)
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`)
}

/** The binary of a Node that a project has. */
export function nodeOf({ project }: Installed, major: NodeMajor): string {
  return join(project, `node-${major}`, 'node_modules', 'node', 'bin', 'node')
}

/**
 * Runs a program to its end, without the settings of this repository, and with a folder first in PATH: by default its own,
 * so that what it starts by name runs on the same Node.
 */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  path: string = dirname(command),
): Promise<Ran> {
  const options = { cwd, env: environment(path), timeout: TIMEOUT_MS, maxBuffer: 2 ** 26 }
  return new Promise(resolve => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      const killed = error?.killed === true ? `killed after ${TIMEOUT_MS} ms\n` : ''
      resolve({ status, stdout, stderr: stderr + killed })
    })
  })
}

/** What npm sets for scripts of this repository, such as the condition that leads to src/. */
const ours =
  /^(NODE_OPTIONS|NODE_TEST_CONTEXT|INIT_CWD|npm_package_.*|npm_lifecycle_.*|npm_config_(local_prefix|node_options|save_exact|omit_lockfile_registry_resolved))$/i

function environment(first: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name))
  const others = (process.env.PATH ?? '').split(delimiter).filter(folder => !folder.startsWith(root))
  return { ...Object.fromEntries(kept), PATH: [first, ...others].join(delimiter) }
}
