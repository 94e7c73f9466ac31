/** The reference page of the API: every export of every subpath, with the first sentence of its comment. */
import { posix } from 'node:path'
import type { Node } from 'oxc-parser'
import { moduleOf, type Project, textOf } from '../test/tidy/project.ts'

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly 'headrace-source': string }>>
}

interface Exported {
  readonly name: string
  readonly file: string
  readonly isType: boolean
}

/** The text of docs/reference/api.md. Throws for an export without a comment. */
export function apiPage(project: Project): string {
  const { exports } = JSON.parse(textOf(project, 'package.json')) as Manifest
  const sections = Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [sectionText(project, posix.join('headrace', subpath), posix.normalize(target['headrace-source']))],
  )
  return `# API

Generated from the exports of the package and their comments by \`npm run docs\`. Each says more where it is defined, and in your editor.
Methods of datasets and expressions are shown by completion; [functions](functions.md) lists what they compute.

${sections.join('\n')}`
}

function sectionText(project: Project, subpath: string, entry: string): string {
  const all = exportsOf(project, entry).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const rows = (isType: boolean): string[] =>
    all
      .filter(each => each.isType === isType)
      .map(each => `| \`${each.name}\` | ${sentenceOf(project, each).replaceAll('|', '\\|')} |`)
  const [values, types] = [rows(false), rows(true)]
  const table = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\n| ${title} | |\n|---|---|\n${lines.join('\n')}\n`
  return `## ${subpath}\n${table('value', values)}${table('type', types)}`
}

function exportsOf(project: Project, entry: string): Exported[] {
  return moduleOf(project, entry).program.body.flatMap(node => {
    if (node.type !== 'ExportNamedDeclaration' || node.source === null) return []
    const file = posix.join(posix.dirname(entry), node.source.value)
    return node.specifiers.map(({ exported, exportKind }) => ({
      name: exported.type === 'Literal' ? exported.value : exported.name,
      file,
      isType: node.exportKind === 'type' || exportKind === 'type',
    }))
  })
}

/** The first sentence of the comment right before the declaration. */
function sentenceOf(project: Project, { name, file }: Exported): string {
  const text = textOf(project, file)
  for (const node of moduleOf(project, file).program.body) {
    if (!declares(node, name)) continue
    const before = text.slice(0, node.start).trimEnd()
    if (!before.endsWith('*/')) continue
    const comment = before.slice(before.lastIndexOf('/**') + 3, -2)
    const words = comment.replaceAll(/^\s*\* ?/gm, '').trim()
    const [paragraph] = words.split(/\n\s*\n/)
    return paragraph!.replaceAll(/\s+/g, ' ').split(/(?<=[.!?]) (?=[A-Z`'])/)[0]!
  }
  throw new Error(`${file}: the exported ${name} has no comment`)
}

function declares(node: Node, name: string): boolean {
  if (node.type !== 'ExportNamedDeclaration' || node.declaration === null) return false
  const { declaration } = node
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.some(({ id }) => id.type === 'Identifier' && id.name === name)
  }
  return 'id' in declaration && declaration.id?.type === 'Identifier' && declaration.id.name === name
}
