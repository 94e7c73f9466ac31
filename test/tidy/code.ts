import type { CallExpression, Node } from 'oxc-parser'
import { lineAt, moduleOf, nodes, type Project, paths, textOf } from './project.ts'

const switches = ['only', 'skip', 'todo']
const testCalls = ['test', 'it', 'describe', 'suite', 't']

/** Tests that are switched off, or that switch off all others. A gap is an entry with a reason in a list of gaps instead. */
export function switchedTests(project: Project): string[] {
  return findings(project, /\.test\.ts$/, node => {
    if (node.type !== 'CallExpression') return undefined
    const found = switchOf(node)
    return found && `${found} switches tests off`
  })
}

function switchOf({ callee, arguments: args }: CallExpression): string | undefined {
  if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier') {
    const { object, property } = callee
    const onTest = object.type === 'Identifier' && testCalls.includes(object.name)
    if (onTest && switches.includes(property.name)) return `.${property.name}`
  }
  const called = callee.type === 'MemberExpression' ? callee.object : callee
  if (called.type !== 'Identifier' || !testCalls.includes(called.name)) return undefined
  const options = args.find(argument => argument.type === 'ObjectExpression')
  const keys = options?.properties.flatMap(property =>
    property.type === 'Property' && property.key.type === 'Identifier' ? [property.key.name] : [],
  )
  const key = keys?.find(name => switches.includes(name))
  return key && `{ ${key} }`
}

/** Clocks, randomness and timers outside src/runtime/, through which they enter so that every run can be replayed. */
export function nonDeterminism(project: Project): string[] {
  return findings(project, /^src\/(?!runtime\/|cli\/)(?!.*\.test\.ts$).*\.ts$/, node => {
    const found = ambient(node)
    return found && `${found} is not repeatable: take it from the runtime`
  })
}

function ambient(node: Node): string | undefined {
  if (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.property.type === 'Identifier'
  ) {
    const name = `${node.object.name}.${node.property.name}`
    return ['Date.now', 'Math.random', 'performance.now', 'process.hrtime', 'crypto.randomUUID'].includes(
      name,
    )
      ? name
      : undefined
  }
  if (node.type === 'NewExpression' && node.callee.type === 'Identifier') {
    return node.callee.name === 'Date' && node.arguments.length === 0 ? 'new Date()' : undefined
  }
  if (node.type === 'CallExpression' && node.callee.type === 'Identifier') {
    return ['setTimeout', 'setInterval', 'randomUUID', 'randomBytes'].includes(node.callee.name)
      ? `${node.callee.name}()`
      : undefined
  }
  return undefined
}

/** Codes of the table that nothing in src/ mentions: an error that cannot happen is not worth documenting. */
export function unusedCodes(project: Project, codes: readonly string[]): string[] {
  const used = new Set<unknown>()
  for (const path of paths(project, /^src\/(?!errors\.ts$)(?!.*\.test\.ts$).*\.ts$/)) {
    for (const node of nodes(moduleOf(project, path).program))
      if (node.type === 'Literal') used.add(node.value)
  }
  return codes.filter(code => !used.has(code)).map(code => `${code}: nothing in src/ throws it`)
}

function findings(project: Project, files: RegExp, judge: (node: Node) => string | undefined): string[] {
  return paths(project, files).flatMap(path =>
    [...nodes(moduleOf(project, path).program)].flatMap(node => {
      const found = judge(node)
      return found === undefined ? [] : [`${path}:${lineAt(textOf(project, path), node.start)} ${found}`]
    }),
  )
}
