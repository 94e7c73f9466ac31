import { moduleOf, type Project, paths } from './project.ts'

/**
 * The layers of src/: a folder imports only from folders with a lower number, and from itself. Types count too, since a
 * type that reaches up couples as a value does. A folder that is not listed here is not in the design.
 */
const layers: Readonly<Record<string, number>> = {
  'errors.ts': -1, // below everything: the runtime throws too
  runtime: 0,
  schema: 1,
  seam: 2,
  plan: 3,
  duckdb: 3,
  log: 4,
  state: 4,
  engine: 5,
  connector: 5,
  pipeline: 6,
  view: 7,
  model: 7,
  task: 7,
  verify: 8,
  project: 9,
  server: 10,
  cli: 11,
  testing: 11,
  web: 11,
}

/**
 * Folders whose own subfolders must not know each other: an oracle that shares code with what it judges proves little.
 * What is shared on purpose is named: an approximation is the same everywhere only by being one definition.
 */
const apart = ['engine', 'connector']
const shared = new Set(['src/engine/sketch'])

const sourceFile = /^src\/.*\.ts$/
const testFile = /\.test\.ts$/
const indexFile = /(^|\/)index\.ts$/

interface Edge {
  readonly from: string
  readonly to: string
  readonly line: number
  readonly typeOnly: boolean
}

function edges(project: Project, from: string): Edge[] {
  return moduleOf(project, from).imports.flatMap(({ path, line, typeOnly }) =>
    path === undefined ? [] : [{ from, to: path, line, typeOnly }],
  )
}

function productionFiles(project: Project): string[] {
  return paths(project, sourceFile).filter(path => !testFile.test(path))
}

/** 'src/plan/node.ts' is of 'plan', 'src/errors.ts' of 'errors.ts', 'test/run.ts' of none. */
function folderOf(path: string): string | undefined {
  return path.startsWith('src/') ? path.split('/')[1] : undefined
}

export function upwardImports(project: Project): string[] {
  const imports = productionFiles(project)
    .filter(path => !indexFile.test(path))
    .flatMap(path => edges(project, path))
  return imports.flatMap(edge => {
    const why = reachesUp(edge.from, edge.to)
    return why ? [`${edge.from}:${edge.line} imports ${edge.to}: ${why}`] : []
  })
}

function reachesUp(from: string, to: string): string | undefined {
  const [low, high] = [folderOf(from), folderOf(to)]
  if (high === undefined) return 'src/ does not import from outside src/'
  if (low === undefined || low === high) return undefined
  const [own, other] = [layers[low], layers[high]]
  if (own === undefined || other === undefined) return undefined
  return other < own ? undefined : `${high} is layer ${other}, and ${low} is layer ${own}`
}

/** Files outside the listed folders of src/. */
export function unknownFolders(project: Project): string[] {
  return productionFiles(project)
    .filter(path => path !== 'src/index.ts' && layers[folderOf(path) ?? ''] === undefined)
    .map(path => `${path}: src/ has no such folder in the design`)
}

export function siblingImports(project: Project): string[] {
  const all = productionFiles(project).flatMap(path => edges(project, path))
  return all
    .filter(({ from, to }) => apart.some(folder => isSibling(folder, from, to)))
    .map(({ from, to, line }) => `${from}:${line} imports ${to}: they are kept apart`)
}

function isSibling(folder: string, from: string, to: string): boolean {
  const [a, b] = [subfolder(folder, from), subfolder(folder, to)]
  return a !== undefined && b !== undefined && a !== b && !shared.has(`src/${folder}/${b}`)
}

function subfolder(folder: string, path: string): string | undefined {
  const [, name, child, file] = path.split('/')
  return name === folder && file !== undefined ? child : undefined
}

/** Entry files are for those outside: inside src/, importing one hides where a name comes from, and makes cycles. */
export function indexImports(project: Project): string[] {
  return productionFiles(project)
    .filter(path => !indexFile.test(path))
    .flatMap(path => edges(project, path))
    .filter(({ to }) => indexFile.test(to))
    .map(({ from, to, line }) => `${from}:${line} imports ${to}: import the file that defines the name`)
}

/** Groups of files that load each other (Tarjan's strongly connected components). Type-only imports load nothing. */
export function importCycles(project: Project): string[] {
  const files = productionFiles(project)
  const known = new Set(files)
  const targets = new Map(
    files.map(file => [
      file,
      edges(project, file)
        .filter(edge => !edge.typeOnly && known.has(edge.to))
        .map(edge => edge.to),
    ]),
  )
  return components(targets)
    .filter(group => group.length > 1 || targets.get(group[0] ?? '')?.includes(group[0] ?? ''))
    .map(group => `these files import each other: ${group.sort().join(', ')}`)
}

function components(targets: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const lowOf = (file: string) => low.get(file) ?? Number.POSITIVE_INFINITY

  const visit = (file: string): void => {
    order.set(file, order.size)
    low.set(file, order.size - 1)
    stack.push(file)
    for (const next of targets.get(file) ?? []) {
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) low.set(file, Math.min(lowOf(file), lowOf(next)))
    }
    if (low.get(file) === order.get(file)) found.push(stack.splice(stack.indexOf(file)))
  }
  for (const file of targets.keys()) if (!order.has(file)) visit(file)
  return found
}

/** Files of src/ that no entry of the package reaches. A file that only tests use is dead too. */
export function deadFiles(project: Project, entries: readonly string[]): string[] {
  const alive = new Set<string>()
  const open = entries.filter(entry => project.has(entry))
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (alive.has(file) || !project.has(file)) continue
    alive.add(file)
    open.push(...edges(project, file).map(edge => edge.to))
  }
  return productionFiles(project)
    .filter(path => !alive.has(path))
    .map(path => `${path}: no entry of the package reaches it`)
}

/** Relative imports of files that do not exist, which only a run would show. */
export function missingFiles(project: Project): string[] {
  return paths(project, /\.ts$/)
    .flatMap(path => edges(project, path))
    .filter(({ to }) => to.endsWith('.ts') && !project.has(to))
    .map(({ from, to, line }) => `${from}:${line} imports ${to}, which does not exist`)
}

/**
 * Packages that src/ imports without their being a dependency of those who install Headrace, and packages with an owner
 * that are imported elsewhere.
 */
export function foreignPackages(
  project: Project,
  installed: readonly string[],
  owners: Readonly<Record<string, string>>,
): string[] {
  return productionFiles(project).flatMap(path =>
    moduleOf(project, path).imports.flatMap(({ specifier, path: relative, line }) => {
      if (relative !== undefined || specifier.startsWith('node:') || specifier.startsWith('#')) return []
      const name = packageOf(specifier)
      if (!installed.includes(name)) return [`${path}:${line} imports ${name}, which is not a dependency`]
      const owner = owners[name]
      return owner && !path.startsWith(owner) ? [`${path}:${line} imports ${name}: only ${owner} does`] : []
    }),
  )
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
