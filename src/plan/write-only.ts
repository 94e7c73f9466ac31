/** What the compiler says of endpoints whose options fit nothing. */
import type { Schema } from '../schema/type.ts'
import type { Relation } from './builder/dataset.ts'
import type { Problem } from './builder/expression-types.ts'
import type { EventTime } from './endpoint.ts'

/**
 * The options of reading as a place takes them that is only written: none of them. They are here because the compiler says
 * of a call that fits no overload what the last one does not take: that must be the mistake, and not the schema beside it.
 */
export interface WriteOnly<S extends Schema, K extends string, T extends string, L extends Schema> {
  readonly schema?: string extends keyof L ? S : Problem<'like stands in place of schema'>
  readonly key?: string extends keyof S ? Problem<'key and eventTime go with schema'> : K | readonly K[]
  readonly eventTime?: string extends keyof S ? Problem<'key and eventTime go with schema'> : EventTime<T>
  readonly like?: Relation<L>
}
