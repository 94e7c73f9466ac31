/** What has to be proved of the input before a result counts, while DuckDB computes it. */
import type { SourceNode } from '../../plan/node.ts'
import { Doubt } from '../engine.ts'
import type { CsvProof } from './csv-proof.ts'

interface Open {
  readonly node: SourceNode
  readonly proofs: readonly CsvProof[]
  /** Rows of all files; undefined where one is not plain. */
  readonly rows: Promise<number | undefined>
}

export class Proofs {
  readonly #refuted = new AbortController()
  readonly #stop: AbortSignal
  readonly #open: Open[] = []
  /** Aborted with the run, or when something is not as it has to be. */
  readonly signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#stop = signal
    this.signal = AbortSignal.any([signal, this.#refuted.signal])
  }

  /** Begins to prove. */
  add(node: SourceNode, proofs: readonly CsvProof[]): void {
    this.#open.push({ node, proofs, rows: this.#rowsOf(proofs) })
  }

  /** Rows by source, when all has been computed and is proved. Throws Doubt. */
  async rows(): Promise<Map<SourceNode, number>> {
    const counts = new Map<SourceNode, number>()
    for (const { node, proofs, rows } of this.#open) {
      const count = await rows
      if (count === undefined) throw doubt(node)
      for (const proof of proofs) if (!(await proof.isUnchanged())) throw doubt(node)
      counts.set(node, count)
    }
    return counts
  }

  /** The error to throw for one that the run met. What a reader of DuckDB refuses, and what comes of wrong values, is a Doubt. */
  async causeOf(error: unknown): Promise<unknown> {
    const counts = await Promise.all(this.#open.map(({ rows }) => rows))
    if (this.#stop.aborted) return error
    const refuted = this.#open.find((_, i) => counts[i] === undefined)
    if (refuted !== undefined) return doubt(refuted.node)
    return /\bCSV Error\b/.test(String(error)) && this.#open.length > 0 ? doubt(this.#open[0]!.node) : error
  }

  async #rowsOf(proofs: readonly CsvProof[]): Promise<number | undefined> {
    let rows = 0
    for (const proof of proofs) {
      const found = await proof.rest(this.signal)
      if (found === undefined) {
        this.#refuted.abort()
        return undefined
      }
      rows += found
    }
    return rows
  }
}

function doubt({ source }: SourceNode): Doubt {
  return new Doubt(`${source.name} holds what only its own reader may judge`)
}
