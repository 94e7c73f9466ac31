/** One scalar out of a JSON text, as it is written there. */

/** A number's own digits in place of the double that they would become. */
class Digits {
  readonly written: string
  constructor(written: string) {
    this.written = written
  }
}

const keepDigits = (_key: string, value: unknown, { source }: { source: string }): unknown =>
  typeof value === 'number' ? new Digits(source) : value

/** Strings unescaped, true and false, numbers as written; null for anything else, or where the path leads nowhere. */
export function jsonGet(json: string, path: readonly (string | number)[]): string | null {
  let at: unknown = JSON.parse(json, keepDigits as (key: string, value: unknown) => unknown)
  for (const step of path) at = inside(at, step)
  if (at instanceof Digits) return at.written
  if (typeof at === 'boolean') return String(at)
  return typeof at === 'string' && at.isWellFormed() ? at : null
}

function inside(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined
  const isObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits)
  return isObject && Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined
}
