/** Looking into JSON text without losing how its numbers are written. */
import type { Cell } from '../../schema/cell.ts'

/** A number as it stands in the text; `JSON.parse` alone would round it. */
class NumberText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The scalar at a path as text, or null. */
export function jsonGet(json: string, path: readonly (string | number)[]): Cell {
  let value = parse(json)
  for (const step of path) {
    const inside = Array.isArray(value)
      ? typeof step === 'number'
      : isObject(value) && typeof step === 'string'
    if (!inside || !Object.hasOwn(value as object, step)) return null
    value = (value as Record<string | number, unknown>)[step]
  }
  if (typeof value === 'string') return value
  if (value instanceof NumberText) return value.text
  return typeof value === 'boolean' ? String(value) : null
}

function parse(json: string): unknown {
  return JSON.parse(json, ((_key: string, value: unknown, context: { source: string }) =>
    typeof value === 'number' ? new NumberText(context.source) : value) as (
    key: string,
    value: unknown,
  ) => unknown)
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !(value instanceof NumberText)
