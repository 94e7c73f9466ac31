/** The logical type of a column, from values that were seen in it. */
import { Refusal } from '../../schema/refusal.ts'
import { cellOfText } from '../../schema/text/value-text.ts'
import { type ColumnType, t, withNull } from '../../schema/type.ts'

/** A value of JSON whose numbers are still as they were written. */
export type Seen = null | boolean | string | NumberText | readonly Seen[] | { readonly [name: string]: Seen }

/** A number as it was written. */
export class NumberText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Digits after the point of a number that is still taken for a decimal: more are the digits of a double. */
const MAX_SCALE = 9
/** The least precision of decimals, since the next file has other digits: as many as 64 bits hold. */
const ROOMY_PRECISION = 18

const TEXTS: readonly ColumnType[] = [t.bool(), t.date(), t.timestamp(), t.uuid()]

/** What is kept of the values of a column while they go by. */
export class ColumnSight {
  /** In CSV any value may be a number, in JSON only what has no quotes. */
  readonly #fromText: boolean
  #nulls = 0
  #values = 0
  /** The types that every text so far can be read as, narrowest first. */
  #texts: readonly ColumnType[] = TEXTS
  readonly #kinds = new Set<'text' | 'number' | 'bool' | 'list' | 'object'>()
  readonly #numbers = new NumberSight()
  #elements: ColumnSight | undefined

  constructor(fromText: boolean) {
    this.#fromText = fromText
  }

  see(value: Seen): void {
    if (value === null) this.#nulls++
    else {
      this.#values++
      this.#seeValue(value)
    }
  }

  #seeValue(value: Exclude<Seen, null>): void {
    if (typeof value === 'string') {
      this.#kinds.add('text')
      this.#texts = this.#texts.filter(type => !(cellOfText(type, value) instanceof Refusal))
      if (this.#fromText) this.#numbers.see(value)
    } else if (value instanceof NumberText) {
      this.#kinds.add('number')
      this.#numbers.see(value.text)
    } else if (typeof value === 'boolean') this.#kinds.add('bool')
    else if (Array.isArray(value)) {
      this.#kinds.add('list')
      this.#elements ??= new ColumnSight(false)
      for (const element of value as readonly Seen[]) this.#elements.see(element)
    } else this.#kinds.add('object')
  }

  /** The narrowest type that holds them all and leaves room. With `rows`, how many there were, missing values are null. */
  type(rows: number): ColumnType {
    return withNull(this.#type(), this.#nulls > 0 || this.#values < rows)
  }

  #type(): ColumnType {
    if (this.#values === 0) return this.#fromText ? t.string() : t.json()
    if (this.#kinds.size > 1) return t.json()
    const [kind] = this.#kinds
    switch (kind) {
      case 'bool':
        return t.bool()
      case 'number':
        return this.#numbers.type() ?? t.json()
      case 'list':
        return this.#listType()
      case 'object':
        return t.json()
      default:
        return (this.#fromText ? this.#numbers.type() : undefined) ?? this.#texts[0] ?? t.string()
    }
  }

  /** A list of what is itself a list or an object is kept as JSON. */
  #listType(): ColumnType {
    const elements = this.#elements!
    const element = elements.type(0)
    if (elements.#values === 0 || element.kind === 'json' || element.kind === 'list') return t.json()
    return t.list(element)
  }
}

/** What is kept of texts that may be numbers. */
class NumberSight {
  #count = 0
  #numbers = true
  #exact = true
  #wholeDigits = 0
  #scale = 0
  #int64 = true

  see(text: string): void {
    this.#count++
    // A number with a zero in front is the name of something: a postcode, an article.
    const number = /^-?(0|[1-9]\d*)(?:\.(\d+))?([eE][+-]?\d+)?$/.exec(text)
    if (number === null || cellOfText(t.float64(), text) instanceof Refusal) this.#numbers = false
    if (number === null) return
    const [, whole, fraction, exponent] = number
    if (exponent !== undefined) this.#exact = false
    this.#wholeDigits = Math.max(this.#wholeDigits, whole!.length)
    this.#scale = Math.max(this.#scale, fraction?.length ?? 0)
    this.#int64 &&= !(cellOfText(t.int64(), text) instanceof Refusal)
  }

  type(): ColumnType | undefined {
    if (this.#count === 0 || !this.#numbers) return undefined
    if (!this.#exact || this.#scale > MAX_SCALE) return t.float64()
    if (this.#scale === 0 && this.#int64) return t.int64()
    const digits = this.#wholeDigits + this.#scale
    if (digits > 38) return this.#scale === 0 ? undefined : t.float64()
    return t.decimal(Math.max(digits, ROOMY_PRECISION), this.#scale)
  }
}

/** A type as it is written in a program: `t.nullable(t.decimal(12, 2))`. */
export function typeCode(type: ColumnType): string {
  const plain = plainCode(type)
  return type.nullable ? `t.nullable(${plain})` : plain
}

function plainCode(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `t.decimal(${type.precision}, ${type.scale})`
    case 'enum':
      return `t.enum(${type.values!.map(quoted).join(', ')})`
    case 'list':
      return `t.list(${typeCode(type.element!)})`
    default:
      return `t.${type.kind}()`
  }
}

/** A text in single quotes. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  return `'${inner.replaceAll("'", "\\'")}'`
}
