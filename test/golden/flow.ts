/**
 * Golden flows: each folder beside this file is one law as an example. `plan.ts` (or a `plan.json` that the oracle saved)
 * says what is computed, `input.ndjson` what comes in, `expected.ndjson` what must come out: on every engine, in every
 * mode and with every size of step.
 *
 * Lines may carry marks: in the input `$source` (where there are several) and `$weight`, and `$bad` is a record that is no
 * row; in the expected output `$output` (`result` unless given) and `$only`: `once` or `steps`, where late rows make the
 * modes differ. `$rejected` names a function, and the line is a row that it does not take.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Dataset, ErrorCode, ReadOptions, Relation, Schema } from '../../src/index.ts'
import { readFrom } from '../../src/plan/endpoint.ts'
import type { MapNode, Node } from '../../src/plan/node.ts'
import type { Input } from '../../src/verify/generate/data.ts'
import { feeding } from '../../src/verify/feed.ts'
import { loadedPlan } from './saved.ts'
import { type Line, linesOf, rowOfLine } from './lines.ts'
import { rewrite } from '../../src/plan/rewrite.ts'
import { fold, type WeightedRow } from '../../src/verify/relation.ts'

/** What a `plan.ts` exports as `flow`. */
export interface Flow {
  /** The law, in a sentence or two. */
  readonly about: string
  readonly outputs: Readonly<Record<string, Relation>>
  /** Rows of one read, where it matters which rows are late. */
  readonly readRows?: number
  /** The code with which every run must fail, in place of an expected output. */
  readonly fails?: ErrorCode
}

/** A flow that is ready to run: its sources are fed from its input. */
export interface GoldenFlow {
  readonly name: string
  readonly about: string
  readonly outputs: ReadonlyMap<string, Node>
  readonly readRows: readonly number[]
  readonly fails: ErrorCode | undefined
  expected(output: string, steps: 'once' | 'steps'): WeightedRow[]
  /** The rows that a function does not take. */
  rejected(node: MapNode): WeightedRow[]
}

/** A dataset that reads the lines of `input.ndjson`. */
export function input<S extends Schema, K extends string = never, T extends string = never>(
  name: string,
  options: ReadOptions<S, K, T>,
): Dataset<S, 'append', K, T> {
  const nowhere = { name, repeatable: true, bounded: true, partitions: async () => [], read: nothing }
  return readFrom(nowhere, options)
}

async function* nothing(): AsyncGenerator<never> {}

const folder = dirname(fileURLToPath(import.meta.url))

export function flowNames(): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
}

export async function loadFlow(name: string): Promise<GoldenFlow> {
  const path = (file: string): string => join(folder, name, file)
  const lines = (file: string): Line[] => linesOf(readFileSync(path(file), 'utf8'))
  const given = lines('input.ndjson')
  const { about, outputs, readRows, fails } = existsSync(path('plan.json'))
    ? saved(JSON.parse(readFileSync(path('plan.json'), 'utf8')))
    : written((await import(pathToFileURL(path('plan.ts')).href)) as { flow: Flow })
  const roots = rewrite([...outputs.values()], node => (node.kind === 'source' ? fed(node, given) : node))
  const nodes = new Map([...outputs.keys()].map((output, i) => [output, roots[i]!]))
  const all = fails === undefined ? lines('expected.ndjson') : []
  const wanted = all.filter(line => line.$rejected === undefined)
  return {
    name,
    about,
    outputs: nodes,
    readRows: readRows === undefined ? [1, 2, 1024] : [readRows],
    fails,
    expected: (output, steps) => {
      const mine = wanted.filter(line => (line.$output ?? 'result') === output && (line.$only ?? steps) === steps)
      return fold(mine.map(line => rowOfLine(nodes.get(output)!.schema, line)))
    },
    rejected: ({ function: name, input: { schema } }) =>
      fold(all.filter(line => line.$rejected === name).map(line => rowOfLine(schema, line))),
  }
}

interface Loaded {
  readonly about: string
  readonly outputs: ReadonlyMap<string, Node>
  readonly readRows?: number | undefined
  readonly fails?: ErrorCode | undefined
}

function written({ flow }: { flow: Flow }): Loaded {
  const outputs = new Map(Object.entries(flow.outputs).map(([name, { node }]) => [name, node]))
  return { about: flow.about, outputs, readRows: flow.readRows, fails: flow.fails }
}

function saved(json: { about: string; plan: unknown[]; readRows?: number }): Loaded {
  return { about: json.about, outputs: new Map([['result', loadedPlan(json.plan)]]), readRows: json.readRows }
}

function fed(node: Node & { kind: 'source' }, lines: readonly Line[]): Node {
  const { name } = node.source
  const mine = lines.filter(line => (line.$source ?? name) === name)
  const rows = mine.filter(line => line.$bad === undefined)
  const given: Input = {
    name,
    schema: node.schema,
    mode: node.mode,
    ...(node.key === undefined ? {} : { key: node.key }),
    ...(node.eventTime === undefined ? {} : { eventTime: node.eventTime }),
    outOfOrderness: node.outOfOrderness,
    rows: rows.map(line => rowOfLine(node.schema, line)),
    bad: mine.flatMap((line, i) => (line.$bad === undefined ? [] : [mine.slice(0, i).filter(before => rows.includes(before)).length])),
    wild: new Set(),
  }
  return feeding(given)
}
