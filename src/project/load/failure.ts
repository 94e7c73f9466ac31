/** Why a module of the user could not be loaded, where, and the way out. */
import { fileURLToPath } from 'node:url'
import { HeadraceError } from '../../errors.ts'
import { type Explained, importFailure } from './import-failure.ts'
import { lineAt, type Place, placeText, sentence } from './place.ts'
import { syntaxPlace } from './syntax-place.ts'

/** What Node runs of TypeScript: what remains when types are removed. */
const TYPES_ONLY =
  'Node runs TypeScript by removing types, and this needs code in their place (tsconfig: "erasableSyntaxOnly" finds all such). '

/** By what Node says of syntax that it does not remove: what to write. */
const WAYS_OUT: readonly (readonly [said: RegExp, what: string, way: string])[] = [
  [
    /enum is not supported/,
    'an enum',
    "Write a list of texts, const COLORS = ['red', 'blue'] as const; a column is t.enum(...COLORS).",
  ],
  [
    /parameter property/,
    'a parameter property',
    'Declare the field in the class, and assign it in the constructor.',
  ],
  [/namespace|`module` keyword/, 'a namespace', 'Move it into a module of its own, and import that.'],
  [/import equals/, 'import x = require(…)', "Write import x from '…'."],
  [/export assignment/, 'export =', 'Write export default, or export names.'],
  [/angle-bracket/, 'a type assertion <T>x', 'Write x as T.'],
]

/** The error to throw for what `import(path)` rejected with. A definition that Headrace refused keeps its code. */
export function loadFailure(file: string, path: string, cause: unknown): HeadraceError {
  const place = placeOf(cause)
  if (cause instanceof HeadraceError) {
    return new HeadraceError(
      cause.code,
      `${place === undefined ? file : placeText(place)}: ${cause.message}`,
      { cause },
    )
  }
  const { at, why } = explained(path, cause, place)
  const where = at === undefined ? '' : ` at ${placeText(at)}`
  return new HeadraceError('LOAD_FAILED', `Cannot load ${file}${where}: ${why}`, { cause })
}

function explained(path: string, cause: unknown, place: Place | undefined): Explained {
  if (!(cause instanceof Error)) return { at: place, why: `it threw ${String(cause)}.` }
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') return { at: place, why: unsupported(cause.message) }
  const importing = importFailure(path, cause, place)
  if (importing !== undefined) return importing
  if (cause instanceof ReferenceError) {
    const commonJs = /^(require|module|exports|__dirname|__filename) is not defined/.exec(cause.message)
    if (commonJs !== null) return { at: place, why: commonJsText(commonJs[1]!) }
  }
  if (cause instanceof SyntaxError) return syntaxFailure(path, cause, place)
  return { at: place, why: sentence(`${cause.name}: ${cause.message}`) }
}

function unsupported(message: string): string {
  const found = WAYS_OUT.find(([said]) => said.test(message))
  if (found === undefined) return `${TYPES_ONLY}${sentence(message)} Or compile the file, and run the .js.`
  const [, what, way] = found
  return `it has ${what}. ${TYPES_ONLY}${way} Or compile the file, and run the .js.`
}

function commonJsText(name: string): string {
  const instead: Readonly<Record<string, string>> = {
    require: "Write import x from '…'",
    module: 'Write export const',
    exports: 'Write export const',
    __dirname: 'Write import.meta.dirname',
    __filename: 'Write import.meta.filename',
  }
  return `${name} is of CommonJS, and the file is an ES module. ${instead[name]}, or name the file .cts (.cjs).`
}

/** Node tells no place of what only its compiler for JavaScript refuses, such as a decorator: it is looked for. */
function syntaxFailure(path: string, cause: SyntaxError, place: Place | undefined): Explained {
  const at = place ?? syntaxPlace(path)
  if (cause.message.startsWith('Cannot use import statement')) {
    const why =
      'the file is CommonJS and has an import statement. Put "type": "module" into package.json, or name it .mts (.mjs).'
    return { at, why }
  }
  if (at !== undefined && /^\s*(export\s+)?(default\s+)?@/.test(lineAt(at))) {
    const why =
      'it has a decorator, which Node does not run. Call the function instead, or compile the file, and run the .js.'
    return { at, why }
  }
  return { at, why: sentence(`SyntaxError: ${cause.message}`) }
}

/**
 * The first place in a stack that is neither Headrace's nor Node's. Syntax errors have it above the message, as a path or an
 * address alone on the first line.
 */
function placeOf(cause: unknown): Place | undefined {
  const stack = cause instanceof Error ? (cause.stack ?? '') : ''
  const above = /^((?:file:\/\/)?\/[^\n]*?|[A-Za-z]:\\[^\n]*?):(\d+)\n/.exec(stack)
  if (above !== null) return { path: asPath(above[1]!), line: Number(above[2]) }
  const own = fileURLToPath(new URL('../../', import.meta.url))
  const calls = stack.matchAll(/^ +at (?:.*\()?((?:file:\/\/)?\/[^\n]+?|[A-Za-z]:\\[^\n]+?):(\d+):\d+\)?$/gm)
  for (const [, place, line] of calls) {
    const path = asPath(place!)
    if (!path.startsWith(own)) return { path, line: Number(line) }
  }
  return undefined
}

function asPath(place: string): string {
  return place.startsWith('file:') ? fileURLToPath(place) : place
}
