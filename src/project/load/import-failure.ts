/** What to write where an import leads nowhere. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest } from '../../plan/nearest.ts'
import { type Import, importerOf, importsOf, leadsTo } from './imports.ts'
import { lineAt, type Place, sentence, shownPath } from './place.ts'

/** Where it is, as far as that is known, and a sentence of what is wrong and what to do. */
export interface Explained {
  readonly at: Place | undefined
  readonly why: string
}

/** The explanation of an error that an import of the module at `path`, or of one below it, caused; undefined for any other. */
export function importFailure(path: string, cause: Error, place: Place | undefined): Explained | undefined {
  const { message } = cause
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ERR_MODULE_NOT_FOUND':
    case 'ERR_UNSUPPORTED_DIR_IMPORT':
    case 'ERR_PACKAGE_PATH_NOT_EXPORTED':
    case 'ERR_PACKAGE_IMPORT_NOT_DEFINED':
      return notFound(message)
    case 'MODULE_NOT_FOUND':
      return required(message, place)
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return unloadable(path, message, extensionText)
    case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
      return unloadable(path, message, strippingText)
    case 'ERR_IMPORT_ATTRIBUTE_MISSING':
      return unloadable(path, message, jsonText)
  }
  return cause instanceof SyntaxError ? notExported(message, place) : undefined
}

/** "Cannot find module '/a/b' imported from /a/c.ts", and its like for packages and folders. */
function notFound(message: string): Explained {
  const found = /'([^']+)'.* imported from (.+?)$/m.exec(message)
  if (found === null) return { at: undefined, why: sentence(message) }
  const [, target, importer] = found
  const from = importer!.startsWith('file:') ? fileURLToPath(importer!) : importer!
  const isPackage = / in (.+package\.json)/.exec(message)
  if (isPackage !== null) {
    return { at: importOf(from, packageAt(isPackage[1]!) ?? target!)?.at, why: sentence(message) }
  }
  const written = importOf(from, target!)
  return { at: written?.at, why: missing(written?.specifier ?? target!, from) }
}

function importOf(from: string, target: string): Import | undefined {
  return importsOf(from).find(each => leadsTo(each, target))
}

/** What `require` did not find; the stack has the place. */
function required(message: string, at: Place | undefined): Explained {
  const specifier = /^Cannot find module '([^']+)'/.exec(message)?.[1]
  if (specifier === undefined || at === undefined) return { at, why: sentence(message) }
  return { at, why: missing(specifier, at.path) }
}

function missing(specifier: string, from: string): string {
  const isPath = /^(\.|\/|file:)/.test(specifier)
  const cannot = `it imports '${specifier}'`
  if (!isPath) {
    const alias = aliased(specifier, from)
    if (alias !== undefined) {
      return `${cannot}, a path alias of ${alias.config}, which only the compiler knows. Write ${alias.way}.`
    }
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    if (!/^(@[a-z\d][\w.-]*\/)?[a-z\d][\w.-]*$/i.test(name)) {
      return `${cannot}, which is no name of a package. Write a relative path.`
    }
    return `${cannot}, and the package ${name} is not installed. Run npm install ${name}.`
  }
  const meant = meantFile(resolve(dirname(from), specifier))
  if (meant === undefined) return `${cannot}, and there is no such file.`
  return `${cannot}, and imports are taken to the letter. The file is ${basename(meant)}: write '${specifierOf(from, meant)}'.`
}

/** The file that a path without its extension, with that of the compiled file, or of a folder stands for. */
function meantFile(path: string): string | undefined {
  const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.tsx']
  const compiled = /\.([cm]?)jsx?$/.exec(path)
  const candidates = [
    ...(compiled === null
      ? []
      : [`${path.slice(0, compiled.index)}.${compiled[1]}ts`, `${path.slice(0, compiled.index)}.tsx`]),
    ...extensions.map(extension => path + extension),
    ...extensions.map(extension => join(path, `index${extension}`)),
  ]
  return candidates.find(file => statSync(file, { throwIfNoEntry: false })?.isFile())
}

/** How a module names another one. */
function specifierOf(from: string, file: string): string {
  const path = relative(dirname(from), file).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

interface Alias {
  readonly config: string
  /** What to write instead. */
  readonly way: string
}

/** The path alias of the nearest tsconfig.json that a specifier matches. */
function aliased(specifier: string, from: string): Alias | undefined {
  const config = nearestConfig(dirname(from))
  if (config === undefined) return undefined
  for (const [pattern, targets] of Object.entries(pathsOf(config))) {
    const [head, tail] = pattern.split('*') as [string, string | undefined]
    const matches =
      tail === undefined ? specifier === pattern : specifier.startsWith(head) && specifier.endsWith(tail)
    if (!matches) continue
    const rest = tail === undefined ? '' : specifier.slice(head.length, specifier.length - tail.length)
    const path = resolve(dirname(config), (targets[0] ?? '').replace('*', rest))
    const file = existsSync(path) && statSync(path).isFile() ? path : meantFile(path)
    const own = file === undefined ? 'a relative path' : `'${specifierOf(from, file)}'`
    return { config: shownPath(config), way: `${own}, or an import of package.json that begins with #` }
  }
  return undefined
}

function nearestConfig(folder: string): string | undefined {
  const config = join(folder, 'tsconfig.json')
  if (existsSync(config)) return config
  return dirname(folder) === folder ? undefined : nearestConfig(dirname(folder))
}

/** The `paths` of a tsconfig.json, which may have comments and trailing commas. */
function pathsOf(config: string): Readonly<Record<string, readonly string[]>> {
  const text = readFileSync(config, 'utf8')
    .replaceAll(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '$1')
    .replaceAll(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, '$1')
  try {
    const parsed = JSON.parse(text) as { compilerOptions?: { paths?: Record<string, string[]> } }
    return parsed.compilerOptions?.paths ?? {}
  } catch {
    return {}
  }
}

/** Node names what it cannot load, and not who imports it. */
function unloadable(path: string, message: string, why: (file: string) => string): Explained {
  const found = /"([^"]*\/[^"]*)"| for (.+)$/.exec(message)
  const named = found?.[1] ?? found?.[2]
  if (named === undefined) return { at: undefined, why: sentence(message) }
  const file = named.startsWith('file:') ? fileURLToPath(named) : named
  return { at: importerOf(path, packageAt(file) ?? file)?.at, why: why(file) }
}

function extensionText(file: string): string {
  const extension = extname(file)
  if (extension === '.tsx' || extension === '.jsx') {
    return `it imports ${shownPath(file)}, and Node does not run JSX. Definitions need none: move what they import into a ${extension.slice(0, -1)} file.`
  }
  return `it imports ${shownPath(file)}, and Node does not load files that end in ${extension}. Import a .ts or .js file, or read it with node:fs.`
}

/** The package that a file under node_modules belongs to. */
function packageAt(file: string): string | undefined {
  return /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file)?.[1]?.replaceAll('\\', '/')
}

function strippingText(file: string): string {
  return `the package ${packageAt(file)} has TypeScript (${shownPath(file)}), and Node refuses TypeScript under node_modules. Use a version of it that is compiled, or move the file into the project.`
}

function jsonText(file: string): string {
  return `the import of ${basename(file)} needs its type. Write import data from '../${basename(file)}' with { type: 'json' }.`
}

/** An import of a name that is not there: most often of a type, which nothing is left of. */
function notExported(message: string, at: Place | undefined): Explained | undefined {
  const missing = /^The requested module '([^']+)' does not provide an export named '([^']+)'/.exec(message)
  if (missing === null) {
    const commonJs = /^Named export '([^']+)' not found\. The requested module '([^']+)'/.exec(message)
    if (commonJs === null) return undefined
    const [, name, from] = commonJs
    return {
      at,
      why: `'${from}' is CommonJS, and exports no name '${name}' that Node can see. Write import all from '${from}', and all.${name}.`,
    }
  }
  const [, specifier, name] = missing
  if (at === undefined) return { at, why: sentence(message) }
  const target = resolve(dirname(at.path), specifier!)
  const text = specifier!.startsWith('.') && existsSync(target) ? readFileSync(target, 'utf8') : ''
  const isExport = lineAt(at).trimStart().startsWith('export')
  if (name === 'default') {
    return { at, why: `'${specifier}' has no default export. Write import { name } from '${specifier}'.` }
  }
  if (isType(text, name!)) {
    return {
      at,
      why: `${name} is a type, of which nothing is left when types are removed. Write ${isExport ? 'export' : 'import'} { type ${name} } from '${specifier}' (tsconfig: "verbatimModuleSyntax" finds all such).`,
    }
  }
  const close = nearest(name!, exportsIn(text))
  const type = text === '' ? ` If it is a type, write import { type ${name} } from '${specifier}'.` : ''
  return { at, why: `'${specifier}' exports no '${name}'${close}${type}` }
}

function isType(text: string, name: string): boolean {
  const declared = new RegExp(`\\b(?:interface|type)\\s+${name.replaceAll('$', '\\$')}\\b`)
  return declared.test(text)
}

function exportsIn(text: string): string[] {
  const declared = text.matchAll(/\bexport\s+(?:async\s+)?(?:const|let|function\*?|class)\s+([\w$]+)/g)
  return [...declared].map(([, name]) => name!)
}
