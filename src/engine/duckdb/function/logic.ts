/** Comparison and three-valued logic in SQL. */
import type { logic as catalogue } from '../../../plan/function/logic.ts'
import { common, type Emit, plain, widened } from './emit.ts'

const comparison =
  (operator: string): Emit =>
  (call, emitter) => {
    const [a, b] = common(call, emitter)
    return `(${a} ${operator} ${b})`
  }

/** DuckDB's own skip nulls. */
const extreme =
  (fn: string): Emit =>
  (call, emitter) => {
    const values = common(call, emitter)
    const nulls = values.filter((_, i) => call.args[i]!.type.nullable).map(value => `${value} IS NULL`)
    const result = `${fn}(${values.join(', ')})`
    return nulls.length === 0 ? result : `CASE WHEN ${nulls.join(' OR ')} THEN NULL ELSE ${result} END`
  }

export const logic = {
  eq: comparison('='),
  ne: comparison('<>'),
  lt: comparison('<'),
  le: comparison('<='),
  gt: comparison('>'),
  ge: comparison('>='),
  and: plain((...args) => `(${args.join(' AND ')})`),
  or: plain((...args) => `(${args.join(' OR ')})`),
  not: plain(a => `(NOT ${a})`),
  isNull: plain(a => `(${a} IS NULL)`),
  in: (call, emitter) => {
    const [a, ...others] = common(call, emitter)
    return `(${a} IN (${others.join(', ')}))`
  },
  case: (call, emitter) => {
    const value = (i: number) => widened(emitter.sql(call.args[i]!), call.args[i]!.type, call.type)
    const last = call.args.length - 1
    const branches: string[] = []
    for (let i = 0; i < last; i += 2) branches.push(`WHEN ${emitter.sql(call.args[i]!)} THEN ${value(i + 1)}`)
    return `CASE ${branches.join(' ')} ELSE ${value(last)} END`
  },
  coalesce: (call, emitter) => `coalesce(${common(call, emitter).join(', ')})`,
  nullif: (call, emitter) => {
    const [a, b] = common(call, emitter)
    return `CASE WHEN ${a} = ${b} THEN NULL ELSE ${emitter.sql(call.args[0]!)} END`
  },
  least: extreme('least'),
  greatest: extreme('greatest'),
} satisfies Record<keyof typeof catalogue, Emit>
