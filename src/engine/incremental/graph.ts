/** Turns a plan into connected operators. */
import { HeadraceError } from '../../errors.ts'
import { labelOf } from '../../plan/name.ts'
import { type AggregateNode, inputsOf, type Node, nodesOf, type SourceNode } from '../../plan/node.ts'
import type { Output } from '../engine.ts'
import { KeyedAggregate, WholeAggregate } from './operator/aggregate.ts'
import { AppendDistinct, WeightedDistinct } from './operator/distinct.ts'
import { Filter } from './operator/filter.ts'
import { Groups } from './operator/groups.ts'
import { MapOperator, type Reject } from './operator/map.ts'
import { ENDED, NEVER, type Operator } from './operator/operator.ts'
import { OutputOperator } from './operator/output.ts'
import { PanePerWindow } from './operator/pane-per-window.ts'
import { Late, Union } from './operator/pass.ts'
import { Project } from './operator/project.ts'
import { SharedPanes } from './operator/shared-panes.ts'
import { Source } from './operator/source.ts'
import { refines, type WindowedAggregate } from './operator/windowed-aggregate.ts'

/** An operator in its place. */
interface Place {
  readonly node: Node
  readonly operator: Operator
  readonly inputs: readonly Place[]
  /** The watermark of its rows. */
  watermark: bigint
}

/** What this engine cannot do: it names the operator and the way out. */
export function refusalOf(roots: readonly Node[]): HeadraceError | undefined {
  for (const node of nodesOf(roots)) {
    if (node.kind !== 'join' && node.kind !== 'sort') continue
    const why = node.kind === 'join' ? 'joins' : 'orders and limits'
    return new HeadraceError(
      'REFUSED',
      `The incremental engine has no ${why} yet, and the plan has '${labelOf(node)}'. Run it in batch mode.`,
    )
  }
  return undefined
}

/** The operators of a plan, connected, inputs before readers. */
export class Graph {
  readonly #places: Place[] = []
  readonly #outputs: OutputOperator[] = []
  readonly sources = new Map<SourceNode, Source>()

  constructor(outputs: readonly Output[], reject: Reject) {
    const places = new Map<Node, Place>()
    for (const node of nodesOf(outputs.map(({ node }) => node))) {
      const inputs = inputsOf(node).map(input => places.get(input)!)
      const operator = this.#operatorOf(node, reject)
      connect(node, operator, inputs)
      const place = { node, operator, inputs, watermark: NEVER }
      places.set(node, place)
      this.#places.push(place)
    }
    for (const output of outputs) {
      const operator = new OutputOperator(output)
      places.get(output.node)!.operator.readBy(operator)
      this.#outputs.push(operator)
    }
  }

  #operatorOf(node: Node, reject: Reject): Operator {
    if (node.kind !== 'source') return operatorOf(node, reject)
    const source = new Source(node)
    this.sources.set(node, source)
    return source
  }

  beginStep(step: number): void {
    for (const output of this.#outputs) output.begin(step)
  }

  /** Brings the watermarks of the sources to all operators, inputs first. Says whether one of them let go of rows. */
  async advance(): Promise<boolean> {
    let emitted = false
    for (const place of this.#places) {
      let watermark = place.operator instanceof Source ? place.operator.watermark : ENDED
      for (const input of place.inputs) if (input.watermark < watermark) watermark = input.watermark
      const own = place.operator.watermarkOut(watermark)
      const before = place.operator.emitted
      await place.operator.advance(watermark)
      emitted ||= place.operator.emitted > before
      place.watermark = own
    }
    return emitted
  }

  async endStep(): Promise<void> {
    for (const { operator } of this.#places) await operator.stepEnd()
    for (const output of this.#outputs) await output.stepEnd()
  }

  /** The operators with their nodes. */
  operators(): readonly { readonly node: Node; readonly operator: Operator }[] {
    return this.#places
  }
}

function connect(node: Node, operator: Operator, inputs: readonly Place[]): void {
  for (const input of inputs) {
    if (node.kind === 'late') (input.operator as WindowedAggregate).lateReadBy(operator)
    else input.operator.readBy(operator)
  }
}

function operatorOf(node: Exclude<Node, SourceNode>, reject: Reject): Operator {
  switch (node.kind) {
    case 'filter':
      return new Filter(node)
    case 'project':
      return new Project(node)
    case 'union':
      return new Union()
    case 'distinct':
      return node.input.mode === 'append' ? new AppendDistinct(node) : new WeightedDistinct(node)
    case 'aggregate':
      return aggregateOf(node)
    case 'late':
      return new Late()
    case 'map':
      return new MapOperator(node, reject)
    case 'join':
    case 'sort':
      throw new Error(`A ${node.kind} should have been refused`)
  }
}

function aggregateOf(node: AggregateNode): Operator {
  if (node.window === undefined) {
    return node.keys.length === 0 ? new WholeAggregate(node) : new KeyedAggregate(node)
  }
  const refined = refines(node.window)
  const groups = new Groups(node, refined)
  const shares = node.window.size > node.window.slide && !refined && groups.mergeable
  return shares ? new SharedPanes(node, groups) : new PanePerWindow(node, groups)
}
