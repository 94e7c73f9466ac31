/** What a pipeline does with records that cannot be processed. */
import type { Job, Progress, Rejection } from '../engine/engine.ts'
import { errorOf } from '../engine/rejection.ts'
import { HeadraceError } from '../errors.ts'
import type { Problem } from '../plan/builder/expression-types.ts'
import type { Node } from '../plan/node.ts'
import { checkOneOf, checkOptions } from '../plan/options.ts'

/** `dead-letter`: kept with its bytes, place and reason. `skip`: counted only. `fail`: ends the run. */
export type BadRecordAction = 'dead-letter' | 'fail' | 'skip'

/** How many bad records a run may have: a count, or a share of the records read, such as '1%'. */
export type BadRecordBudget = number | `${number}%`

/** An action, or one with the budget of a run, above which it ends with BAD_RECORD_BUDGET. */
export type OnBadRecord =
  | BadRecordAction
  | { readonly action: 'dead-letter' | 'skip'; readonly budget?: BadRecordBudget }
  | { readonly action: 'fail'; readonly budget?: Problem<"'fail' ends the run at the first: no budget"> }

/** The bad records of a run that nobody gave a budget. */
const DEFAULT_BUDGET = 10_000

/** A share is judged when so many records have been read, since of one record one bad one is all; and at the end. */
const SHARE_RECORDS = 1000

const ACTIONS: readonly BadRecordAction[] = ['dead-letter', 'fail', 'skip']

/** Throws INVALID_ARGUMENT, or UNKNOWN_OPTION, for what is no `OnBadRecord`. */
export function checkOnBadRecord(what: string, value: OnBadRecord): void {
  if (typeof value !== 'object') {
    checkOneOf(`${what}: onBadRecord`, value, ACTIONS)
    return
  }
  checkOptions(`${what}: onBadRecord`, value, ['action', 'budget'])
  const { action, budget } = value
  checkOneOf(`${what}: the action of onBadRecord`, action, ACTIONS)
  if (budget === undefined) return
  if (action === 'fail') {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what}: 'fail' ends the run at the first bad record, so it has no budget. Give one to 'dead-letter' or 'skip'.`,
    )
  }
  if (isCount(budget) || percentOf(budget) !== undefined) return
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what}: the budget of onBadRecord is ${JSON.stringify(budget) ?? String(budget)}. Write a whole number of records, such as 100, or a share of those read, such as '1%'.`,
  )
}

function isCount(budget: unknown): budget is number {
  return Number.isSafeInteger(budget) && (budget as number) >= 0
}

/** '0.5%' is 0.5; undefined for what is no share of more than nothing and at most all. */
function percentOf(budget: unknown): number | undefined {
  if (typeof budget !== 'string' || !/^\d+(\.\d+)?%$/.test(budget)) return undefined
  const percent = Number(budget.slice(0, -1))
  return percent > 0 && percent <= 100 ? percent : undefined
}

/** Where rejected records are kept. */
export interface Letters {
  add(rejections: readonly Rejection[]): Promise<void>
  /** The file that keeps them if the run fails. */
  readonly failed: string
}

/** The bad records of one run: counted, kept or dropped, and held against the budget. */
export class BadRecords {
  readonly #what: string
  readonly #action: BadRecordAction
  readonly #budget: BadRecordBudget
  readonly #letters: Letters | undefined
  readonly #counts = new Map<Node, number>()
  #total = 0
  #first: string | undefined

  /** `what` begins the messages: "pipeline 'p'". Without letters the action is not `dead-letter`. */
  constructor(what: string, onBadRecord: OnBadRecord, letters?: Letters) {
    const isPlain = typeof onBadRecord === 'string' || onBadRecord.action === 'fail'
    this.#what = what
    this.#action = typeof onBadRecord === 'string' ? onBadRecord : onBadRecord.action
    this.#budget = (isPlain ? undefined : onBadRecord.budget) ?? DEFAULT_BUDGET
    this.#letters = letters
  }

  /** How many were rejected, by source or map. */
  get counts(): ReadonlyMap<Node, number> {
    return this.#counts
  }

  /** In words. */
  get first(): string | undefined {
    return this.#first
  }

  get action(): BadRecordAction {
    return this.#action
  }

  /** The `reject` of the run's job. */
  readonly reject: Job['reject'] = async (rejections, { rowsRead }) => {
    if (rejections.length === 0) return
    const error = errorOf(rejections[0]!)
    if (this.#action === 'fail') throw error
    this.#first ??= error.message
    for (const { node } of rejections) this.#counts.set(node, (this.#counts.get(node) ?? 0) + 1)
    this.#total += rejections.length
    if (this.#action === 'dead-letter') await this.#letters!.add(rejections)
    if (typeof this.#budget === 'number' || rowsRead >= SHARE_RECORDS) this.#judge(rowsRead)
  }

  /** Throws BAD_RECORD_BUDGET if the share of bad records is too large, now that all have been read. */
  ended({ rowsRead }: Progress): void {
    this.#judge(rowsRead)
  }

  #judge(rowsRead: number): void {
    const percent = percentOf(this.#budget)
    const most = percent === undefined ? (this.#budget as number) : (percent * rowsRead) / 100
    // Of 29% of 100 the product of binary fractions must not be less than 29.
    if (this.#total <= most * (1 + Number.EPSILON)) return
    const [bad, read] = [this.#total, rowsRead].map(n => n.toLocaleString('en-US'))
    const budget = percent === undefined ? most.toLocaleString('en-US') : this.#budget
    const kept =
      this.#action === 'dead-letter'
        ? `They are in ${this.#letters!.failed}.`
        : "To keep them and look at them, use the action 'dead-letter'."
    throw new HeadraceError(
      'BAD_RECORD_BUDGET',
      `${this.#what}: ${bad} bad records among the first ${read} records read, and the budget is ${budget}. ` +
        `The first: ${this.#first} ${kept} ` +
        `Mend the input, its schema or the function, or allow more with onBadRecord: { action: '${this.#action}', budget: … }.`,
    )
  }
}
