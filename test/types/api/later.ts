/** Types of connectors, modes and definitions that later parts bring, as far as the examples need them. Nothing here runs. */
import type {
  Batch,
  Dataset,
  Duration,
  Endpoint,
  Env,
  Mode,
  Pipeline,
  Relation,
  Schema,
  Target,
  UpdateMode,
} from 'headrace'

type Names<S> = keyof S & string
type Keyed<K> = K | readonly K[]

interface Reading<S extends Schema, K extends Names<S>, T extends Names<S>> {
  readonly schema: S
  readonly key?: Keyed<K>
  readonly eventTime?: { readonly column: T; readonly outOfOrderness?: Duration }
}

export declare const postgres: {
  table<const S extends Schema, const K extends Names<S> = never>(
    name: string,
    options: { readonly url: Env; readonly schema: S; readonly key?: Keyed<K> },
  ): Endpoint<S, 'append', K, never, 'append' | 'upsert', undefined>
  cdc<const Tables extends Readonly<Record<string, Schema>>>(
    slot: string,
    options: { readonly url: Env; readonly tables: Tables },
  ): {
    readonly tables: { readonly [N in keyof Tables]: Dataset<Tables[N], 'upsert', Names<Tables[N]>, never> }
  }
}

export declare const elasticsearch: { index(name: string): Target<UpdateMode, undefined> }
export declare const redis: { hash(prefix: string): Target<UpdateMode, undefined> }

/** Object stores. */
export declare const store: {
  parquet(path: string): Target<UpdateMode, undefined>
}

export declare function topic<
  const S extends Schema,
  const K extends Names<S> = never,
  const T extends Names<S> = never,
>(name: string, options: Reading<S, K, T>): Endpoint<S, 'append', K, T, 'append', undefined>
export declare function topic<S extends Schema, M extends UpdateMode, K extends string, T extends string>(
  name: string,
  options: { readonly like: Relation<S, M, K, T> },
): Endpoint<S, M, K, T, M, undefined>

interface ViewMode {
  readonly kind: 'lambda' | 'kappa'
}
export declare function lambda(options: { readonly batchEvery: Duration }): ViewMode
export declare function kappa(): ViewMode
export declare function view<S extends Schema, M extends UpdateMode, K extends string, T extends string>(
  name: string,
  dataset: Relation<S, M, K, T>,
  options: {
    readonly mode: ViewMode | Mode
    readonly tiers?: readonly { readonly to: Target; readonly keep?: Duration }[]
  },
): Pipeline

interface Task<Out> {
  readonly out: Out
}
type Results<N> = { readonly [P in keyof N]: N[P] extends Task<infer Out> ? Out : never }
interface Tasks {
  task<Out, const N extends Readonly<Record<string, Task<unknown>>> = Record<never, never>>(
    name: string,
    options: { readonly needs?: N; readonly retry?: { readonly attempts: number } },
    run: (context: {
      readonly interval: readonly [from: Date, to: Date]
      readonly input: Results<N>
    }) => Promise<Out>,
  ): Task<Out>
}
export declare function dag(
  name: string,
  options: {
    readonly interval: string
    readonly delay?: Duration
    readonly start: string
    readonly catchup?: 'all' | 'latest' | 'none'
  },
  define: (d: Tasks) => void,
): { readonly name: string }

interface Predictor {
  score(batch: Batch): Promise<Batch>
}
export declare function predictor(name: string): Predictor
/** A dataset whose opaque functions can be handed a resource. */
export type WithResources<D> = D & {
  mapBatch<O extends Schema, R>(
    name: string,
    options: { readonly out: O; readonly version: number; readonly with: R },
    each: (batch: Batch, resource: R) => Batch | Promise<Batch>,
  ): Dataset<O, 'append', never, never>
}
