import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { type Node, type Program, parseSync } from 'oxc-parser'

/** The text files of the repository, by path from its root. The rules read nothing else, so tests can make one up. */
export type Project = ReadonlyMap<string, string>

interface Import {
  readonly specifier: string
  /** The path of the imported file, when the specifier is relative. */
  readonly path: string | undefined
  /** True only for `import type` and `export type`: `import { type X }` still loads the module when the program runs. */
  readonly typeOnly: boolean
  readonly line: number
}

export interface Module {
  readonly program: Program
  readonly imports: readonly Import[]
}

const binary = /\.(parquet|arrow|png|jpe?g|gif|ico|woff2?|zst|gz)$/
const parsed = new WeakMap<Project, Map<string, Module>>()

/** All files that are committed or about to be: what git tracks, and what it neither tracks nor ignores. */
export function readRepository(root: string): Project {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const paths = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
  const texts = paths
    .filter(path => !binary.test(path) && existsSync(`${root}/${path}`))
    .map(path => [path, readFileSync(`${root}/${path}`, 'utf8')] as const)
  return new Map(texts)
}

/** The paths that match, sorted. */
export function paths(project: Project, pattern: RegExp): string[] {
  return [...project.keys()].filter(path => pattern.test(path)).sort()
}

export function textOf(project: Project, path: string): string {
  const text = project.get(path)
  if (text === undefined) throw new Error(`${path} is missing`)
  return text
}

/** The parsed file; each is parsed once. */
export function moduleOf(project: Project, path: string): Module {
  let modules = parsed.get(project)
  if (modules === undefined) {
    modules = new Map()
    parsed.set(project, modules)
  }
  let module = modules.get(path)
  if (module === undefined) {
    module = parse(path, textOf(project, path))
    modules.set(path, module)
  }
  return module
}

function parse(path: string, text: string): Module {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const imports: Import[] = []
  for (const node of nodes(program)) {
    const found = importedBy(node)
    if (found === undefined) continue
    const { specifier, typeOnly } = found
    const relative = /^\.\.?\//.test(specifier)
    const target = relative ? posix.join(posix.dirname(path), specifier) : undefined
    imports.push({ specifier, typeOnly, path: target, line: lineAt(text, node.start) })
  }
  return { program, imports }
}

/** What a node loads: a static or dynamic import, a re-export, or `new URL('./x.ts', import.meta.url)` for a worker. */
function importedBy(node: Node): { specifier: string; typeOnly: boolean } | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier: node.source.value, typeOnly: node.importKind === 'type' }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.source ? { specifier: node.source.value, typeOnly: node.exportKind === 'type' } : undefined
    case 'ImportExpression':
      return text(node.source)
    case 'TSImportType':
      return { specifier: node.source.value, typeOnly: true }
    case 'NewExpression': {
      const [first] = node.arguments
      const isUrl = node.callee.type === 'Identifier' && node.callee.name === 'URL'
      const loaded = isUrl && first ? text(first) : undefined
      return loaded?.specifier.endsWith('.ts') ? loaded : undefined
    }
    default:
      return undefined
  }
}

function text(node: Node): { specifier: string; typeOnly: false } | undefined {
  return node.type === 'Literal' && typeof node.value === 'string'
    ? { specifier: node.value, typeOnly: false }
    : undefined
}

/** Every node below and with the given one, parents first. */
export function* nodes(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    const children: unknown[] = Array.isArray(value) ? value : [value]
    for (const child of children) if (isNode(child)) yield* nodes(child)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line++
  return line
}
