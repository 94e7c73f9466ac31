/** One run of a plan in one DuckDB instance, which lives as long as the run. */
import type { Duckdb } from '../../duckdb/duckdb.ts'
import { copyToParquet } from '../../duckdb/parquet/write.ts'
import { name } from '../../duckdb/sql.ts'
import { labelOf } from '../../plan/name.ts'
import {
  type AggregateNode,
  inputsOf,
  type MapNode,
  type Node,
  nodesOf,
  type SourceNode,
} from '../../plan/node.ts'
import { unusedName } from '../../runtime/random.ts'
import type { RejectedRecord, Scan } from '../../seam/source.ts'
import { Doubt, type Job, type Output } from '../engine.ts'
import { Opaque } from '../opaque.ts'
import { columnAt, columnNamed } from './expression.ts'
import type { Native } from './function/emit.ts'
import { Proofs } from './proofs.ts'
import { columns, type SqlNode, selectOf } from './relation.ts'
import { placed, sourceRelation } from './source.ts'

const STEP = 1

/** Functions of all runs: those that compute in one database must not call each other's. */
let natives = 0

export class Run {
  readonly #db: Duckdb
  readonly #job: Job
  readonly #scans: ReadonlyMap<Node, Scan>
  readonly #signal: AbortSignal
  readonly #proofs: Proofs
  /** Whether what DuckDB reads by itself is still what it was. */
  readonly #checks: (() => Promise<void>)[] = []
  /** What stands behind FROM, for each node that has been reached. */
  readonly #from = new Map<Node, string>()
  readonly #natives = new Map<string, string>()
  /** How names of its tables begin. In a warehouse SQL of the user must not find them in place of tables of such a name. */
  readonly #tables = `headrace_${unusedName().replaceAll('-', '_')}`
  /** What a function in JavaScript threw; DuckDB passes on its message only. A database keeps functions: they hold this alone. */
  readonly #thrown: { cause?: unknown } = {}
  /** Rows by node, of those that were counted in passing. */
  readonly rows = new Map<Node, number>()
  /** Rows without an event time, by windowed aggregate. */
  readonly nullTimes = new Map<Node, number>()
  /** By source, records that are no rows; by map, rows that its function did not take. */
  readonly rejected = new Map<Node, number>()
  rowsRead = 0

  constructor(db: Duckdb, job: Job, scans: ReadonlyMap<Node, Scan>, signal: AbortSignal) {
    this.#db = db
    this.#scans = scans
    this.#job = job
    this.#proofs = new Proofs(signal)
    this.#signal = this.#proofs.signal
  }

  async all(): Promise<void> {
    try {
      const readers = this.#readers()
      for (const node of nodesOf(this.#roots())) await this.#reach(node, readers.get(node)!)
      for (const output of this.#job.outputs) await this.#write(output)
      for (const [node, rows] of await this.#proofs.rows()) this.#count(node, rows, 0)
      for (const check of this.#checks) await check()
    } catch (error) {
      const cause = await this.#proofs.causeOf(this.#causeOf(error))
      if (!(cause instanceof Doubt) && !this.#signal.aborted) await this.#checkScans()
      throw cause
    }
  }

  /** A file that is no more, or is another one now, shows in many ways: what was replaced is the reason. */
  async #checkScans(): Promise<void> {
    for (const scan of this.#scans.values()) if (scan.format !== 'duckdb') await scan.check?.()
  }

  /**
   * A function of ours may have thrown before, unheard: DuckDB tries constants while it plans, also in branches that it then
   * does not take.
   */
  #causeOf(error: unknown): unknown {
    const { cause } = this.#thrown
    const [own, other] = [cause, error].map(e => (e instanceof Error ? e.message : String(e)))
    return cause !== undefined && other!.includes(own!) ? cause : error
  }

  #roots(): Node[] {
    return this.#job.outputs.map(({ node }) => node)
  }

  /** How many nodes and outputs read each node. */
  #readers(): Map<Node, number> {
    const readers = new Map<Node, number>()
    const count = (node: Node) => readers.set(node, (readers.get(node) ?? 0) + 1)
    for (const root of this.#roots()) count(root)
    for (const node of nodesOf(this.#roots())) for (const input of inputsOf(node)) count(input)
    return readers
  }

  /** Writes a node as SQL. What is read twice is computed once, into a table; what SQL cannot do is done here. */
  async #reach(node: Node, readers: number): Promise<void> {
    const table = `${this.#tables}_${this.#from.size}`
    if (node.kind === 'source') {
      await this.#source(node, table)
    } else if (node.kind === 'map') {
      await this.#map(node, table)
    } else {
      if (node.kind === 'aggregate' && node.window !== undefined) await this.#countTimes(node)
      const select = this.#select(node)
      if (readers > 1 || this.#isCutBelow(node)) await this.#materialise(node, select, table)
      else this.#from.set(node, `(${select})`)
    }
  }

  /**
   * The first rows of an order that something else reads. DuckDB 1.5.6 pushes the filter that it derives from one side of a
   * join below the LIMIT of the other side, which then keeps other rows; it cannot push it below a table.
   */
  #isCutBelow(node: Node): boolean {
    return node.kind === 'sort' && node.limit !== undefined && !this.#roots().includes(node)
  }

  #select(node: SqlNode): string {
    return selectOf(
      node,
      input => this.#from.get(input)!,
      fn => this.#native(fn),
    )
  }

  async #source(node: SourceNode, table: string): Promise<void> {
    const reject = (records: readonly RejectedRecord[], read: number): Promise<void> =>
      this.#job.reject(
        records.map(record => ({ node, record })),
        { rowsRead: this.rowsRead + read },
      )
    const { from, rows, rejected, proofs, check } = await sourceRelation(
      this.#db,
      node,
      this.#scans.get(node),
      table,
      reject,
      this.#signal,
    )
    this.#from.set(node, from)
    if (check !== undefined) this.#checks.push(check)
    if (proofs === undefined) this.#count(node, rows, rejected)
    else this.#proofs.add(node, proofs)
  }

  #count(node: SourceNode, rows: number, rejected: number): void {
    this.rows.set(node, rows)
    this.rejected.set(node, rejected)
    this.rowsRead += rows + rejected
  }

  async #materialise(node: Node, select: string, table: string): Promise<void> {
    this.rows.set(node, await this.#db.createAs(table, select, this.#signal, labelOf(node)))
    this.#from.set(node, table)
  }

  /** Rows that are in no window for want of a time: a pass of its own, where there can be such. */
  async #countTimes(node: AggregateNode): Promise<void> {
    const { schema, eventTime } = node.input
    let missing = 0
    if (schema[eventTime!]!.nullable) {
      const time = columnNamed(schema, eventTime!)
      const counts = `SELECT count(*) AS n, count(*) - count(${time}) AS missing FROM ${this.#from.get(node.input)!}`
      const [row] = await this.#db.records(counts, this.#signal, labelOf(node))
      missing = Number(row!.missing)
      this.rows.set(node.input, Number(row!.n))
    }
    this.nullTimes.set(node, missing)
  }

  async #map(node: MapNode, table: string): Promise<void> {
    const writer = await this.#db.table(table, placed(node.schema))
    const { schema } = node.input
    const what = labelOf(node)
    const opaque = new Opaque(node)
    const sql = `SELECT ${columns(schema)} FROM ${this.#from.get(node.input)!}`
    let [given, refused] = [0, 0]
    for await (const batch of this.#db.batches(sql, schema, this.#signal, { what })) {
      const made = await opaque.apply(batch)
      writer.append(made.batch)
      given += batch.length
      refused += made.rejected.length
      if (made.rejected.length > 0) await this.#job.reject(made.rejected, { rowsRead: this.rowsRead })
    }
    writer.close()
    this.#from.set(node, writer.table)
    if (!this.rows.has(node.input)) this.rows.set(node.input, given)
    this.rows.set(node, writer.rows)
    this.rejected.set(node, refused)
  }

  /** A function in JavaScript under a name that is free, the same name for the same function. */
  #native({ key, args, result, apply }: Native): string {
    const known = this.#natives.get(key)
    if (known !== undefined) return known
    const fn = `native_${++natives}`
    this.#natives.set(key, fn)
    const thrown = this.#thrown
    const failed = (cause: unknown) => {
      thrown.cause ??= cause
    }
    this.#db.define({ name: fn, args, result, apply, failed })
    return fn
  }

  async #write({ node, limit, copyTo, copied, write }: Output): Promise<void> {
    const from = this.#from.get(node)!
    const what = labelOf(node)
    if (copyTo?.format === 'parquet') {
      const named = Object.keys(node.schema).map((column, place) => `${columnAt(place)} AS ${name(column)}`)
      const select = `SELECT ${named.join(', ')} FROM ${from}`
      const { file, compression = 'zstd', sorted = false } = copyTo
      const options = { compression, sorted, what }
      const rows = await copyToParquet(this.#db, select, node.schema, file, options, this.#signal)
      this.rows.set(node, rows)
      copied?.(rows)
      return
    }
    if (copyTo?.format === 'duckdb') {
      const select = `SELECT ${columns(node.schema)} FROM ${from}`
      const rows = await this.#db.createAs(name(copyTo.table), select, this.#signal, what)
      this.rows.set(node, rows)
      copied?.(rows)
      return
    }
    let rows = 0
    const sql = `SELECT ${columns(node.schema)} FROM ${from}${limit === undefined ? '' : ` LIMIT ${limit}`}`
    for await (const batch of this.#db.batches(sql, node.schema, this.#signal, { what })) {
      rows += batch.length
      await write(STEP, batch)
    }
    if (limit === undefined) this.rows.set(node, rows)
  }
}
