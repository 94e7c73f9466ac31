import { type Project, textOf } from './project.ts'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly imports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

interface Lock {
  readonly packages: Readonly<
    Record<string, Manifest & { readonly version?: string; readonly resolved?: string }>
  >
}

/** Top-level folders of the design, and what test/ and docs/ are divided into. */
const rooms: Readonly<Record<string, readonly string[] | undefined>> = {
  '.ci': undefined,
  bench: undefined,
  bin: undefined,
  docs: ['guide', 'reference', 'decisions'],
  examples: undefined,
  scripts: undefined,
  src: undefined,
  templates: undefined,
  test: [
    'golden',
    'oracle',
    'services',
    'types',
    'vectors',
    'incremental',
    'mutants',
    'run',
    'tidy',
    'package',
    'cli',
    'documentation',
    'bad-records',
  ],
}
const shapeless = ['utils', 'util', 'common', 'core', 'helpers', 'helper', 'misc', 'lib', 'shared', 'types']

export function manifestOf(project: Project): Manifest {
  return JSON.parse(textOf(project, 'package.json')) as Manifest
}

/** The source files that the package's exports and imports lead to. */
export function entriesOf(project: Project): string[] {
  const { exports = {}, imports = {} } = manifestOf(project)
  return Object.values({ ...exports, ...imports })
    .flatMap(target => (typeof target === 'string' ? [] : [target['headrace-source'] ?? '']))
    .map(path => path.replace('./', ''))
}

/** Versions that may change between two installs. Peers are ranges by nature. */
export function unpinned(project: Project): string[] {
  const { dependencies, devDependencies, optionalDependencies } = manifestOf(project)
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `package.json: ${name} is "${version}", not one version`)
}

/** What would make `npm ci` fail, or depend on the machine that wrote the lockfile. */
export function lockfileFaults(project: Project): string[] {
  const { packages } = JSON.parse(textOf(project, 'package-lock.json')) as Lock
  const { name: _, ...own } = { name: '', ...manifestOf(project) }
  const root = packages['']
  const faults: string[] = []
  for (const kind of ['dependencies', 'devDependencies'] as const) {
    if (JSON.stringify(root?.[kind] ?? {}) !== JSON.stringify(own[kind] ?? {})) {
      faults.push(`package-lock.json: its ${kind} are not those of package.json: npm run lock`)
    }
  }
  for (const [path, { resolved, optionalDependencies = {} }] of Object.entries(packages)) {
    if (resolved !== undefined)
      faults.push(`package-lock.json: ${path} names a download address: npm run lock`)
    for (const name of Object.keys(optionalDependencies)) {
      const there = packages[`node_modules/${name}`] ?? packages[`${path}/node_modules/${name}`]
      if (there === undefined) faults.push(`package-lock.json: ${name} is missing: npm run lock`)
    }
  }
  return faults
}

/** Files in folders that the design does not have, or whose name says nothing of what is inside. */
export function unknownRooms(project: Project): string[] {
  return [...project.keys()].flatMap(path => {
    const folders = path.split('/').slice(0, -1)
    const [room, inner] = folders
    if (room === undefined) return []
    if (!(room in rooms)) return [`${path}: the design has no ${room}/`]
    if (inner !== undefined && rooms[room]?.includes(inner) === false)
      return [`${path}: the design has no ${room}/${inner}/`]
    const vague = folders.slice(room === 'test' ? 2 : 1).find(folder => shapeless.includes(folder))
    return vague === undefined ? [] : [`${path}: "${vague}" says nothing of what is inside`]
  })
}
