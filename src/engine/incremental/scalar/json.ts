/** Reading one scalar out of a JSON text, to the letter. */

/**
 * The scalar at a path as text: strings unescaped, numbers as they are written, true and false; undefined things, null,
 * objects, arrays and ill-formed texts give null. Of repeated keys the last counts, as JSON.parse has it.
 */
export function jsonScalar(text: string, path: readonly (string | number)[]): string | null {
  let root: unknown
  try {
    // The reviver's context (ECMAScript "JSON.parse source text access") keeps the digits of a number.
    root = JSON.parse(text, (_key, value, context?: { source?: string }) =>
      typeof value === 'number' ? new Digits(context?.source ?? String(value)) : value,
    )
  } catch {
    return null
  }
  const found = follow(root, path)
  if (found instanceof Digits) return found.text
  if (typeof found === 'boolean') return String(found)
  return typeof found === 'string' && found.isWellFormed() ? found : null
}

/** A number as it was written. */
class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function follow(root: unknown, path: readonly (string | number)[]): unknown {
  let at = root
  for (const step of path) {
    if (typeof at !== 'object' || at === null || at instanceof Digits) return undefined
    if (Array.isArray(at) !== (typeof step === 'number')) return undefined
    if (!Object.hasOwn(at, step)) return undefined
    at = (at as Record<string | number, unknown>)[step]
  }
  return at
}
