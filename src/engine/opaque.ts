/**
 * Opaque functions: how they are called, and what they may give. It is the same for all engines, since nothing of it is
 * theirs to compute.
 */
import { HeadraceError } from '../errors.ts'
import type { MapNode } from '../plan/node.ts'
import { userError } from '../plan/user-error.ts'
import { type Batch, columnOfCells } from '../schema/batch.ts'
import { type Cell, cellAt } from '../schema/cell.ts'
import { type Column, formOf, lengthOf } from '../schema/column.ts'
import { Rows } from '../schema/decoder.ts'
import { Refusal } from '../schema/refusal.ts'
import { type Row, readerOf } from '../schema/row.ts'
import { type Validator, validated } from '../schema/standard.ts'
import { textOfCell } from '../schema/text/value-text.ts'
import { type ColumnType, sameType, typeText } from '../schema/type.ts'
import { cellOfValue, valueOfCell } from '../schema/value.ts'
import type { Rejection } from './engine.ts'

/** What a function made of a batch. */
export interface Made {
  readonly batch: Batch
  /** map and flatMap: for each row, the row of the input from which it came. mapBatch keeps rows in their places. */
  readonly origin?: Int32Array
  /** map and flatMap: the rows of the input of which nothing was made, in order. */
  readonly rejected: readonly RejectedRow[]
}
type RejectedRow = Extract<Rejection, { row: Row }>

interface OutputColumn {
  readonly name: string
  readonly type: ColumnType
  readonly validator: Validator | undefined
}

/** The function of a map node. What it does wrong is USER_FUNCTION or INVALID_ROW, in words that name it. */
export class Opaque {
  readonly #node: MapNode
  readonly #what: string
  readonly #columns: readonly OutputColumn[]
  readonly #out: Rows

  constructor(node: MapNode) {
    this.#node = node
    this.#what = `${node.each} '${node.function}'`
    this.#columns = Object.entries(node.schema).map(([name, type]) => ({
      name,
      type,
      validator: node.validate?.[name] as Validator | undefined,
    }))
    this.#out = new Rows(node.schema)
  }

  /**
   * Applies the function to a batch; its weights are not the function's to see. A row that map or flatMap does not take is
   * rejected, and nothing is kept of what was made of it. Throws what mapBatch does wrong: that is no single row's.
   */
  async apply(batch: Batch): Promise<Made> {
    const { schema, length, columns } = batch
    if (this.#node.each === 'mapBatch') {
      return { batch: await this.#mapBatch({ schema, length, columns }), rejected: [] }
    }
    const origin: number[] = []
    const rejected: RejectedRow[] = []
    const row = readerOf(batch)
    for (let i = 0; i < batch.length; i++) {
      const before = this.#out.length
      try {
        for (const made of this.#rowsFrom(this.#given(row, i))) this.#add(made)
      } catch (error) {
        this.#out.length = before
        rejected.push(this.#rejection(batch, i, error))
      }
      for (let made = before; made < this.#out.length; made++) origin.push(i)
    }
    return { batch: this.#out.take(), origin: Int32Array.from(origin), rejected }
  }

  /** Some values have no form that a row can show, such as an int64 beyond 2^53 that was declared to be a number. */
  #given(row: (i: number) => Row, i: number): Row {
    try {
      return row(i)
    } catch (cause) {
      if (!(cause instanceof HeadraceError)) throw cause
      throw new HeadraceError(cause.code, `${this.#what} cannot be given its row: ${cause.message}`, {
        cause,
      })
    }
  }

  /** Read from the batch once more, since the function may have changed the row that it got. */
  #rejection(batch: Batch, i: number, error: unknown): RejectedRow {
    if (!(error instanceof HeadraceError) || error.code === 'INVALID_ARGUMENT') throw error
    const { code, message, cause } = error
    const weight = batch.weights?.[i] ?? 1
    return { node: this.#node, row: shownRow(batch, i), weight, code, message, cause }
  }

  /** INVALID_ROW: the function returned what it may not. */
  invalid(what: string): HeadraceError {
    return new HeadraceError('INVALID_ROW', `${this.#what} returned ${what}.`)
  }

  #rowsFrom(row: unknown): readonly unknown[] {
    const returned = this.#call(row)
    if (this.#node.each === 'map') return [returned]
    if (typeof returned !== 'object' || returned === null || !(Symbol.iterator in returned)) {
      throw this.invalid(`${String(returned)} in place of rows`)
    }
    try {
      // A generator runs its user's code while it is read.
      return [...(returned as Iterable<unknown>)]
    } catch (cause) {
      throw userError(this.#what, cause)
    }
  }

  #call(input: unknown): unknown {
    try {
      return (this.#node.apply as (input: unknown) => unknown)(input)
    } catch (cause) {
      throw userError(this.#what, cause)
    }
  }

  #add(row: unknown): void {
    if (row instanceof Promise) {
      row.catch(() => undefined)
      throw this.invalid('a promise in place of a row; what takes time belongs in mapBatch')
    }
    if (typeof row !== 'object' || row === null) throw this.invalid(`${String(row)} in place of a row`)
    const out = this.#out
    out.reserve(out.length + 1)
    this.#columns.forEach((column, c) => {
      const cell = this.#cell(column, (row as Record<string, unknown>)[column.name])
      if (cell === null) out.builders[c]!.setNull(out.length)
      else out.builders[c]!.setCell(out.length, cell)
    })
    out.length++
  }

  #cell({ name, type, validator }: OutputColumn, value: unknown): Cell {
    const made = validator === undefined ? value : validated(validator, value)
    const cell = made instanceof Refusal ? made : cellOfValue(type, made)
    if (!(cell instanceof Refusal)) return cell
    throw this.invalid(`for column '${name}' of type ${typeText(type)} a value that ${cell.reason}`)
  }

  async #mapBatch(batch: Batch): Promise<Batch> {
    const made = await Promise.resolve(this.#call(batch)).catch(cause => {
      throw userError(this.#what, cause)
    })
    const { schema, length, columns } = this.#batch(made)
    const wanted = Object.entries(this.#node.schema)
    const found = Object.entries(schema)
    const fits = wanted.every(([name, type], i) => found[i]?.[0] === name && sameType(type, found[i][1]))
    if (!fits || found.length !== wanted.length) {
      throw this.invalid(`a batch of (${textOf(found)}) in place of (${textOf(wanted)})`)
    }
    if (columns.length !== wanted.length) {
      throw this.invalid(`a batch of ${columns.length} columns in place of ${wanted.length}`)
    }
    const checked = this.#columns.map((column, i) =>
      this.#checked(column, columns[i]!, length, batch.columns),
    )
    return { schema: this.#node.schema, length, columns: checked }
  }

  #batch(made: unknown): Batch {
    const batch = made as Partial<Batch> | null | undefined
    if (
      typeof batch !== 'object' ||
      batch === null ||
      batch.schema === undefined ||
      batch.columns === undefined
    ) {
      throw this.invalid(`${String(made)} in place of a batch`)
    }
    if (batch.weights !== undefined) throw this.invalid('weights, which are kept for it')
    return batch as Batch
  }

  #checked(column: OutputColumn, made: Column, length: number, given: readonly Column[]): Column {
    const { name, type, validator } = column
    if (made.form !== formOf(type) || lengthOf(made) !== length) {
      throw this.invalid(`a column '${name}' that is not ${length} rows of ${typeText(type)}`)
    }
    if (!type.nullable && made.valid?.subarray(0, length).includes(0)) {
      throw this.invalid(`a null in column '${name}', which is ${typeText(type)}`)
    }
    if (validator !== undefined) {
      const valueAt = (row: number) => valueOfCell(type, cellAt(made, row))
      return columnOfCells(
        type,
        Array.from({ length }, (_, row) => this.#cell(column, valueAt(row))),
      )
    }
    const wrong = given.includes(made) ? undefined : strayIn(made)
    if (wrong !== undefined) throw this.invalid(`${wrong} in column '${name}'`)
    return made
  }
}

/** A row with text in place of the values that a row cannot show. */
function shownRow(batch: Batch, i: number): Row {
  const values = Object.entries(batch.schema).map(([name, type], c) => {
    const cell = cellAt(batch.columns[c]!, i)
    try {
      return [name, valueOfCell(type, cell)]
    } catch {
      return [name, textOfCell(type, cell)]
    }
  })
  return Object.fromEntries(values)
}

/** What must not enter a column of numbers or texts, however fast it was made. */
function strayIn(column: Column): string | undefined {
  const present = (row: number): boolean => column.valid?.[row] !== 0
  if (column.form === 'float') {
    const at = column.values.findIndex((value, row) => !Number.isFinite(value) && present(row))
    return at < 0 ? undefined : `${column.values[at]}, which is not finite,`
  }
  if (column.form === 'text') {
    const { dictionary } = column
    const at = column.values.findIndex(
      (code, row) => present(row) && dictionary[code]?.isWellFormed() !== true,
    )
    return at < 0 ? undefined : 'a text that is not well-formed Unicode'
  }
  return undefined
}

function textOf(columns: readonly (readonly [name: string, type: ColumnType])[]): string {
  return columns.map(([name, type]) => `${name} ${typeText(type)}`).join(', ')
}
