/** Makes the accumulators of an aggregate node. */

import { column } from '../../../plan/expression.ts'
import type { AggregateNode, Aggregation, Node } from '../../../plan/node.ts'
import { compile } from '../kernel/compile.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Accumulator } from './accumulator.ts'
import { BoolFold } from './bool.ts'
import { Count } from './count.ts'
import { CustomFold } from './custom.ts'
import { CountDistinct } from './distinct.ts'
import { extremeAccumulator } from './extreme.ts'
import { type OrderedInput, orderedAccumulator } from './ordered.ts'
import { ApproximateDistinct, Quantile } from './sketch.ts'
import { StandardDeviation } from './stddev.ts'
import { sumAccumulator } from './sum.ts'

/** One accumulator an aggregation, in order. `retracts`: the input may take rows away. */
export function accumulatorsOf(node: AggregateNode, retracts: boolean): Accumulator[] {
  return node.aggregates.map(aggregation => accumulatorOf(aggregation, node.input, retracts))
}

function accumulatorOf(aggregation: Aggregation, input: Node, retracts: boolean): Accumulator {
  const { fn, type } = aggregation
  const args = aggregation.args.map(arg => compile(arg, input.schema))
  const [argument, by] = args as [Kernel, Kernel]
  switch (fn) {
    case 'count':
      return new Count(args[0])
    case 'sum':
    case 'avg':
      return sumAccumulator(fn, argument, type)
    case 'min':
    case 'max':
      return extremeAccumulator(fn, argument, retracts)
    case 'first':
    case 'last':
      return orderedAccumulator(fn, orderedInput(argument, undefined, input), retracts)
    case 'argMin':
    case 'argMax':
      return orderedAccumulator(fn, orderedInput(argument, by, input), retracts)
    case 'countDistinct':
      return new CountDistinct(argument)
    case 'approxCountDistinct':
      return new ApproximateDistinct(argument)
    case 'quantile':
      return new Quantile(argument, type, aggregation.quantile!)
    case 'stddev':
      return new StandardDeviation(argument, type)
    case 'boolAnd':
    case 'boolOr':
      return new BoolFold(argument, fn)
    case 'custom': {
      const { name, aggregate } = aggregation.custom!
      return new CustomFold(argument, type, name, aggregate)
    }
  }
}

function orderedInput(value: Kernel, by: Kernel | undefined, { schema, eventTime }: Node): OrderedInput {
  const kernelOf = (name: string): Kernel => compile(column(schema, name), schema)
  return {
    value,
    row: Object.keys(schema).map(kernelOf),
    ...(by === undefined ? {} : { by }),
    ...(eventTime === undefined ? {} : { time: kernelOf(eventTime) }),
  }
}
