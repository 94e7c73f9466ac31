/** Runs one case in one way and holds the result against the laws. */
import { HeadraceError } from '../errors.ts'
import { type AggregateNode, type LateNode, type Node, nodesOf } from '../plan/node.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import { type Case, serve, type Variant } from './case.ts'
import { type Difference, difference } from './compare.ts'
import { countingErrors } from './counters.ts'
import { indiscipline } from './discipline.ts'
import { feedOf } from './feed.ts'
import { judged, simpleSource } from './lateness.ts'
import { misjudged } from './misjudged.ts'
import { type Answer, answerOf, expected, type Late } from './oracle.ts'
import { lateOf, windowsOf } from './plan.ts'
import { type Recording, record } from './recording.ts'
import { type Change, fold, type WeightedRow } from './relation.ts'
import { scaleOf } from './scale.ts'

/** What came out wrong. */
export interface Failure {
  /** The law or promise that is broken. */
  readonly law:
    | 'same answer'
    | 'late rows'
    | 'bad records'
    | 'promptness'
    | 'update mode'
    | 'counters'
    | 'crash'
  readonly node: Node
  readonly message: string
  readonly difference?: Difference
  /** The changes that the run wrote for the node. */
  readonly changes: readonly Change[]
  readonly cause?: unknown
}

export type Verdict = Failure | 'equal' | 'skipped'

/** Knows what a case must give when nothing is late, so that it is computed once for all its variants. */
export class Checker {
  readonly #case: Case
  /** For each window of the plan, the node of its late rows. */
  readonly #lates: ReadonlyMap<AggregateNode, LateNode>
  #whole: Promise<Answer> | undefined

  constructor(of: Case) {
    this.#case = of
    this.#lates = new Map(windowsOf([of.root]).map(window => [window, lateOf(window, [of.root])]))
  }

  /** `skipped`: the computation itself fails on this input, which an engine may or may not notice. */
  async check(variant: Variant): Promise<Verdict> {
    const { root } = this.#case
    serve(this.#case, variant)
    const outputs = [...new Set<Node>([root, ...this.#lates.values()])]
    try {
      this.#whole ??= answerOf(root)
      await this.#whole
    } catch (error) {
      if (error instanceof HeadraceError) return 'skipped'
      throw error
    }
    if (variant.engine.refuses(outputs, variant.steps) !== undefined) return 'skipped'
    let recording: Recording
    try {
      recording = await record(variant.engine, outputs, variant.steps)
    } catch (cause) {
      return this.#crashed(variant, cause)
    }
    return (await this.#verdict(variant, recording, outputs)) ?? 'equal'
  }

  /** A run in steps computes with sums of a part of the input, which may overflow where the whole does not. */
  #crashed(variant: Variant, cause: unknown): Verdict {
    const transient = variant.steps !== 'once' && cause instanceof HeadraceError
    if (transient && ['OVERFLOW', 'OUT_OF_RANGE', 'BAD_VALUE'].includes(cause.code)) return 'skipped'
    const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    return { law: 'crash', node: this.#case.root, message, changes: [], cause }
  }

  async #verdict(
    variant: Variant,
    recording: Recording,
    outputs: readonly Node[],
  ): Promise<Failure | undefined> {
    const late = this.#lateRows(recording)
    for (const node of outputs) {
      const changes = recording.outputs.get(node)!
      const message = indiscipline(node, changes)
      if (message !== undefined) return { law: 'update mode', node, message, changes }
    }
    return (
      (await this.#lateness(variant, recording, late)) ??
      (await this.#answer(recording, late)) ??
      (await this.#promptness(variant, recording, late)) ??
      this.#counters(variant, recording, late)
    )
  }

  #lateRows({ outputs }: Recording): Late {
    return new Map([...this.#lates].map(([window, node]) => [window, fold(outputs.get(node)!)]))
  }

  async #answer(recording: Recording, late: Late): Promise<Failure | undefined> {
    const { root } = this.#case
    const none = [...late.values()].every(rows => rows.length === 0)
    let want: Answer
    try {
      want = none ? await this.#whole! : await answerOf(root, late)
    } catch (error) {
      if (error instanceof HeadraceError) return undefined
      throw error
    }
    const changes = recording.outputs.get(root)!
    const found = await compare(root, want.rows, changes, late)
    if (found !== undefined) {
      return { law: 'same answer', node: root, message: 'The results differ.', difference: found, changes }
    }
    const message = misjudged(root, recording, want)
    return message === undefined ? undefined : { law: 'bad records', node: root, message, changes }
  }

  /** Rows are late where the model of watermarks says so, and nowhere else. */
  async #lateness(variant: Variant, recording: Recording, late: Late): Promise<Failure | undefined> {
    for (const [window, got] of late) {
      const node = this.#lates.get(window)!
      const want = neverLate(window, variant) ? [] : await predicted(window, variant)
      if (want === undefined) continue
      const found = difference(node.schema, want, got)
      const changes = recording.outputs.get(node)!
      const message = 'Other rows are late than the watermark says.'
      if (found !== undefined) return { law: 'late rows', node, message, difference: found, changes }
    }
    return undefined
  }

  /** After a step in the middle, the output is the answer to what has been read so far, as far as it is due. */
  async #promptness(variant: Variant, recording: Recording, late: Late): Promise<Failure | undefined> {
    const { root } = this.#case
    const steps = recording.progress.length
    if (variant.steps === 'once' || [...late.values()].some(rows => rows.length > 0)) return undefined
    for (const step of new Set([1, Math.ceil(steps / 2)])) {
      const rowsRead = recording.progress[step - 1]?.rowsRead ?? 0
      const bad = recording.rejections.filter(of => of.step <= step && 'record' in of.rejection).length
      const want = await dueAfter(root, variant, { records: rowsRead, rows: rowsRead - bad })
      if (want === undefined) continue
      const changes = recording.outputs.get(root)!
      const found = await compare(
        root,
        want,
        changes.filter(change => change.step <= step),
        late,
      )
      if (found === undefined) continue
      const message = `After step ${step} (${rowsRead} records read) the output is not what is due by then.`
      return { law: 'promptness', node: root, message, difference: found, changes }
    }
    return undefined
  }

  #counters(variant: Variant, recording: Recording, late: Late): Failure | undefined {
    const { root } = this.#case
    const message = countingErrors(root, recording, late, variant)
    return message === undefined ? undefined : { law: 'counters', node: root, message, changes: [] }
  }
}

async function compare(
  node: Node,
  want: readonly WeightedRow[],
  got: readonly WeightedRow[],
  late: Late,
): Promise<Difference | undefined> {
  const key = node.key === undefined ? {} : { key: node.key }
  const strict = difference(node.schema, want, got, key)
  const floats = Object.entries(node.schema).filter(([, type]) => type.kind === 'float64')
  if (strict === undefined || floats.length === 0) return strict
  const scales = new Map<string, number>()
  for (const [name] of floats) scales.set(name, await scaleOf(node, name, late))
  return difference(node.schema, want, got, { ...key, scale: column => scales.get(column)! })
}

/** Rows that are only added, and displaced by less than the declared out-of-orderness, are late nowhere. */
function neverLate(window: AggregateNode, { arrival }: Variant): boolean {
  const above = nodesOf([window.input])
  return arrival === 'shuffled' && above.every(node => node.mode === 'append' && node.kind !== 'late')
}

/** The rows that must be late, where the model knows: in its input's columns. */
async function predicted(window: AggregateNode, variant: Variant): Promise<WeightedRow[] | undefined> {
  if (variant.steps === 'once') return variant.engine.name === 'incremental' ? undefined : []
  const source = simpleSource(window.input)
  if (source === undefined || !modelled(variant)) return undefined
  const { rows } = judged(window, source, Number.POSITIVE_INFINITY)
  const late = rows.filter(arrived => arrived.late).map(({ row }) => row)
  return expected(window.input, undefined, new Map([[source, late]]))
}

/** The model of watermarks holds for one partition whose reads are not cut by steps. */
function modelled({ partitions, readRows, steps }: Variant): boolean {
  return partitions === 1 && steps !== 'once' && readRows <= steps.maxRows && steps.maxRows % readRows === 0
}

/** What the output must hold after some records of the only source, some of which are rows, where that can be told. */
async function dueAfter(
  root: Node,
  variant: Variant,
  read: { readonly records: number; readonly rows: number },
): Promise<WeightedRow[] | undefined> {
  const [source, ...others] = sourcesOf([root])
  if (source === undefined || others.length > 0 || variant.partitions !== 1) return undefined
  const closing = windowsOf([root]).filter(node => node.window!.emit === 'on-close')
  const rows = new Map([[source, feedOf(source).arrived[0]!.slice(0, read.rows)]])
  if (closing.length === 0) return expected(root, undefined, rows)
  if (root.kind !== 'aggregate' || closing.length !== 1 || closing[0] !== root) return undefined
  if (simpleSource(root.input) === undefined || !modelled(variant)) return undefined
  // At the end of the input all windows close, in the step that reads the last record or in one after it.
  const { arrived, rejected } = feedOf(source)
  if (read.records >= arrived[0]!.length + rejected.length) return undefined
  const { watermark } = judged(root, source, read.records)
  const end = Object.keys(root.schema).indexOf('window_end')
  const all = await expected(root, undefined, rows)
  return all.filter(row => watermark !== undefined && (row.cells[end] as bigint) - 1n <= watermark)
}
