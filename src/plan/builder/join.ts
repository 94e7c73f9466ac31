/** The options and types of joins. */
import { HeadraceError } from '../../errors.ts'
import type { ColumnType, Kind } from '../../schema/type.ts'
import type { JoinHow } from '../node.ts'
import type { Flat, KindOf, ProblemOf } from './expression-types.ts'

type Js<T> = T extends ColumnType<Kind, infer J> ? J : never

/** Key columns: one name or several that both sides have, or `{ left: 'right' }`. */
export type JoinOn<A, B> =
  | (keyof A & keyof B & string)
  | readonly (keyof A & keyof B & string)[]
  | { readonly [L in keyof A]?: keyof B }

/** `On` where the kinds of both sides agree, in words where they do not. */
export type On<A, B, O> = O extends string
  ? Pair<A, B, O, O, O>
  : O extends readonly string[]
    ? { readonly [I in keyof O]: Pair<A, B, O[I], O[I], O[I]> }
    : { readonly [L in keyof O]: Pair<A, B, L, O[L], O[L]> }

/** The problem names columns and kinds side by side: a text of all four would be spelled out for every pair of columns. */
type Pair<A, B, L, R, Good> = L extends keyof A
  ? R extends keyof B
    ? [KindOf<A[L]>] extends [KindOf<B[R]>]
      ? Good
      : ProblemOf<'keys of two types: cast one of them', [L, KindOf<A[L]>, R, KindOf<B[R]>]>
    : ProblemOf<'the other side has no such column', R>
  : ProblemOf<'there is no such column', L>

/** The key columns that have the same name on both sides. */
type Shared<O> = O extends string
  ? O
  : O extends readonly (infer N)[]
    ? N
    : { [L in keyof O]: O[L] extends L ? L : never }[keyof O]

/** The columns of a join: the left, then those of the right but shared keys; null where a side can be missing. */
export type JoinSchema<A, B, O, H extends JoinHow> = H extends 'semi' | 'anti'
  ? A
  : Flat<
      {
        [N in keyof A]: N extends Shared<O> & keyof B
          ? SharedKey<A[N], B[N], H>
          : H extends 'right' | 'full'
            ? OrNull<A[N]>
            : A[N]
      } & {
        [N in Exclude<keyof B, Shared<O>>]: H extends 'left' | 'full' ? OrNull<B[N]> : B[N]
      }
    >
type OrNull<T> = T extends ColumnType<infer K, infer J> ? ColumnType<K, J | null> : never
type SharedKey<A, B, H> = H extends 'right' ? B : H extends 'full' ? ColumnType<KindOf<A>, Js<A> | Js<B>> : A

/** The pairs of key columns of the plan. Throws INVALID_ARGUMENT. */
export function joinKeys(on: unknown): (readonly [left: string, right: string])[] {
  if (typeof on === 'string') return [[on, on]]
  if (Array.isArray(on)) return on.map((name: string) => [name, name] as const)
  if (typeof on === 'object' && on !== null) return Object.entries(on as Record<string, string>)
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    "join: `on` names the key columns: 'id', ['id', 'day'], or { left_id: 'right_id' }.",
  )
}
