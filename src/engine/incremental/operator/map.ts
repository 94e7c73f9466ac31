/** Opaque TypeScript: map and flatMap over rows as objects, mapBatch over whole batches. */
import { HeadraceError } from '../../../errors.ts'
import type { MapNode } from '../../../plan/node.ts'
import { type Batch, columnOfCells } from '../../../schema/batch.ts'
import { type Cell, cellAt } from '../../../schema/cell.ts'
import { type Column, formOf, lengthOf } from '../../../schema/column.ts'
import { Refusal } from '../../../schema/refusal.ts'
import { rowsOf } from '../../../schema/row.ts'
import { type Validator, validated } from '../../../schema/standard.ts'
import { type ColumnType, typeText } from '../../../schema/type.ts'
import { cellOfValue, valueOfCell } from '../../../schema/value.ts'
import { Frame } from '../kernel/frame.ts'
import { userError } from '../user-error.ts'
import { Operator } from './operator.ts'

export class MapOperator extends Operator {
  readonly #node: MapNode
  readonly #columns: readonly OutputColumn[]
  readonly #what: string

  constructor(node: MapNode) {
    super()
    this.#node = node
    this.#what = `${node.each} '${node.function}'`
    this.#columns = Object.entries(node.schema).map(([name, type]) => ({
      name,
      type,
      validator: node.validate?.[name] as Validator | undefined,
    }))
  }

  protected async process(frame: Frame): Promise<void> {
    const { schema } = this.#node.input
    const batch = frame.withWeights(undefined).batch(schema)
    if (this.#node.each === 'mapBatch') await this.emit(await this.#mapBatch(batch, frame.weights))
    else await this.emit(this.#mapRows(batch, frame.weights))
  }

  #mapRows(batch: Batch, weights: Int32Array | undefined): Frame {
    const rows: unknown[] = []
    const origin: number[] = []
    rowsOf(batch).forEach((row, i) => {
      const returned = this.#call(row)
      for (const made of this.#node.each === 'map' ? [returned] : (returned as Iterable<unknown>)) {
        rows.push(made)
        origin.push(i)
      }
    })
    const columns = this.#columns.map(column =>
      columnOfCells(
        column.type,
        rows.map(row => this.#cell(row, column)),
      ),
    )
    return new Frame(rows.length, columns, weights && Int32Array.from(origin, i => weights[i]!))
  }

  #call(input: unknown): unknown {
    try {
      const returned = (this.#node.apply as (input: unknown) => unknown)(input)
      // A generator runs its user's code while it is read: that belongs in here too.
      return this.#node.each === 'flatMap' ? [...(returned as Iterable<unknown>)] : returned
    } catch (cause) {
      throw userError(this.#what, cause)
    }
  }

  #cell(row: unknown, { name, type, validator }: OutputColumn): Cell {
    if (typeof row !== 'object' || row === null) throw this.#invalid(`${row} in place of a row`)
    const value = (row as Record<string, unknown>)[name]
    const made = validator === undefined ? value : validated(validator, value)
    const cell = made instanceof Refusal ? made : cellOfValue(type, made)
    if (!(cell instanceof Refusal)) return cell
    throw this.#invalid(`for column '${name}' of type ${typeText(type)} a value that ${cell.reason}`)
  }

  async #mapBatch(batch: Batch, weights: Int32Array | undefined): Promise<Frame> {
    let made: Batch
    try {
      made = await (this.#node.apply as (input: unknown) => Batch | Promise<Batch>)(batch)
    } catch (cause) {
      throw userError(this.#what, cause)
    }
    if (made.columns.length !== this.#columns.length) {
      throw this.#invalid(`a batch of ${made.columns.length} columns in place of ${this.#columns.length}`)
    }
    if (weights !== undefined && made.length !== batch.length) {
      throw this.#invalid(
        `${made.length} rows for ${batch.length}; where rows are also taken away, it must keep their number`,
      )
    }
    return new Frame(
      made.length,
      this.#columns.map((column, i) => this.#checked(column, made.columns[i]!, made.length)),
      weights,
    )
  }

  #checked({ name, type, validator }: OutputColumn, column: Column, length: number): Column {
    if (column.form !== formOf(type) || lengthOf(column) !== length) {
      throw this.#invalid(`a column '${name}' that is not ${length} rows of ${typeText(type)}`)
    }
    if (!type.nullable && column.valid?.subarray(0, length).includes(0)) {
      throw this.#invalid(`a null in column '${name}', which is ${typeText(type)}`)
    }
    if (validator === undefined) return column
    const valueAt = (row: number) => ({ [name]: valueOfCell(type, cellAt(column, row)) })
    return columnOfCells(
      type,
      Array.from({ length }, (_, row) => this.#cell(valueAt(row), { name, type, validator })),
    )
  }

  #invalid(what: string): HeadraceError {
    return new HeadraceError('INVALID_ROW', `${this.#what} returned ${what}.`)
  }
}

interface OutputColumn {
  readonly name: string
  readonly type: ColumnType
  readonly validator: Validator | undefined
}
