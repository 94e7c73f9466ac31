import type { Node } from 'oxc-parser'
import { lineAt, moduleOf, nodes, type Project, paths, textOf } from './project.ts'

const limits = { file: 400, function: 60 }

/** What is longer than the limit, and why it may be. `lines` is exact, so that what shrinks stays shrunk. */
export interface Exception {
  /** 'src/a.ts' for a file, 'src/a.ts#name' for a function. */
  readonly what: string
  readonly lines: number
  readonly reason: string
}

interface Measure {
  readonly what: string
  readonly lines: number
}

const code = /^(src|test|bench|examples|scripts|bin)\/.*\.(ts|js)$/
const production = /^(src|bench|examples|scripts|bin)\/(?!.*\.test\.ts$).*\.(ts|js)$/

export function longFiles(project: Project, exceptions: readonly Exception[]): string[] {
  const measures = paths(project, code).map(path => ({ what: path, lines: lineCount(textOf(project, path)) }))
  return judge(measures, exceptions, limits.file)
}

export function longFunctions(project: Project, exceptions: readonly Exception[]): string[] {
  return judge(
    paths(project, production).flatMap(path => functions(project, path)),
    exceptions,
    limits.function,
  )
}

function judge(measures: readonly Measure[], exceptions: readonly Exception[], limit: number): string[] {
  const allowed = new Map(exceptions.map(exception => [exception.what, exception]))
  const longest = new Map<string, number>()
  for (const { what, lines } of measures) longest.set(what, Math.max(lines, longest.get(what) ?? 0))

  const tooLong = [...longest]
    .filter(([what, lines]) => lines > limit && !allowed.has(what))
    .map(([what, lines]) => `${what} has ${lines} lines, and ${limit} are allowed: split it`)
  const loose = exceptions.flatMap(({ what, lines }) => {
    const now = longest.get(what) ?? 0
    if (now === lines && now > limit) return []
    if (now <= limit) return [`${what} has ${now} lines and needs no exception any more: remove its entry`]
    return [
      `${what} has ${now} lines, and its exception says ${lines}: ${now > lines ? 'split it' : 'lower it'}`,
    ]
  })
  return [...tooLong, ...loose]
}

function lineCount(text: string): number {
  return text === '' ? 0 : text.trimEnd().split('\n').length
}

function functions(project: Project, path: string): Measure[] {
  const text = textOf(project, path)
  const found: Measure[] = []
  const names = new Map<Node, string>()
  for (const node of nodes(moduleOf(project, path).program)) {
    nameChild(node, names)
    if (!isFunction(node)) continue
    const name = names.get(node) ?? `line ${lineAt(text, node.start)}`
    const lines = lineAt(text, node.end) - lineAt(text, node.start) + 1
    found.push({ what: `${path}#${name}`, lines })
  }
  return found
}

function isFunction(node: Node): boolean {
  return ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type)
}

/** A declaration names itself; a method, a property and a variable name the function that is their value. */
function nameChild(node: Node, names: Map<Node, string>): void {
  if (node.type === 'MethodDefinition' || node.type === 'PropertyDefinition' || node.type === 'Property') {
    const { key, value } = node
    const name = key.type === 'Identifier' || key.type === 'PrivateIdentifier' ? key.name : undefined
    if (name && value) names.set(value, name)
  } else if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init) {
    names.set(node.init, node.id.name)
  } else if (node.type === 'FunctionDeclaration' && node.id) {
    names.set(node, node.id.name)
  }
}
