/** `headrace verify`. */
import { incrementalEngine } from '../../engine/incremental/engine.ts'
import type { HeadraceError } from '../../errors.ts'
import { bound } from '../../pipeline/bind.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import { Shared } from '../../pipeline/shared.ts'
import { settingsOf } from '../../project/open.ts'
import { type VerifyOptions, type VerifyReport, verify } from '../../verify/verify.ts'
import { onePipeline, type ProjectValues, projectOf } from '../definition.ts'
import { amount, plural } from '../report.ts'
import { command, onlyArgument, projectOptions, wholeOption } from './command.ts'

const SEEDS = 20
const ROWS = 200

export const verifyCommand = command({
  name: 'verify',
  usage: 'NAME | FILE[#NAME]',
  summary: 'compares the answers of a pipeline in all modes, on random input',
  notes: [
    'Random rows of the schemas of its sources go through the pipeline in batch, micro-batch and stream mode, in steps of several sizes, in order, shuffled and late; each answer must be that of the reference engine. Nothing is written, and without --sample no file and no table is read.',
    'The first difference ends it with exit code 1, and shows the smallest input that makes it.',
  ],
  options: {
    seeds: { value: 'N', text: `how many random inputs to try (default ${SEEDS})` },
    'first-seed': { value: 'N', text: 'the first of them (default 1); the same seeds give the same inputs' },
    rows: { value: 'N', text: `rows of each source (default ${ROWS})` },
    sample: { text: 'take the first rows of the sources themselves in place of random ones' },
    ...projectOptions,
  },
  examples: [
    ['verify daily-revenue', 'a pipeline of the project'],
    ['verify jobs/revenue.ts --seeds 100', 'for longer'],
    ['verify daily-revenue --sample --rows 1000', 'on rows of its own'],
  ],
  run: async ({ positionals, values }, terminal) => {
    const reference = onlyArgument('verify', 'NAME or FILE[#NAME]', positionals)
    const seeds = wholeOption('seeds', values.seeds ?? String(SEEDS))
    const rows = wholeOption('rows', values.rows ?? String(ROWS))
    const firstSeed = wholeOption('first-seed', values['first-seed'] ?? '1')
    const pipeline = await onePipeline(reference, values, terminal)
    const { runs, skipped } =
      values.sample === true
        ? await onOwnRows(pipeline, { seeds, rows, firstSeed, input: 'sampled' }, values)
        : await verify(pipeline, { seeds, rows, firstSeed })
    const refusal = incrementalEngine.refuses([pipeline.node], { maxRows: 1 })
    const failing =
      skipped === 0 ? '' : ` On ${amount(skipped)} of them the computation itself fails, such as by overflow.`
    return {
      document: { pipeline: pipeline.name, seeds, rows, firstSeed, runs, skipped, equal: true },
      text:
        `${pipeline.name}: ${amount(runs)} runs gave the answer of the reference engine.\n` +
        `${comparedText(refusal)}\n` +
        `${values.sample === true ? `Input: the first ${plural(rows, 'row')} of each source` : `Input: ${amount(seeds)} random inputs of ${plural(rows, 'row')} a source`}, seeds ${firstSeed} to ${firstSeed + seeds - 1}.${failing}`,
    }
  },
})

/** With the sources where the project has them, so that their rows can be read. */
async function onOwnRows(
  { node }: Pipeline,
  options: VerifyOptions,
  project: ProjectValues,
): Promise<VerifyReport> {
  const settings = await settingsOf(projectOf(project))
  await using shared = new Shared()
  const { runtime, warehouse } = settings
  const [placed] = bound(node, { dir: settings.dir, warehouse, runtime, shared: shared.of })
  return await verify({ node: placed! }, options)
}

/** Which modes were compared, and why not the others. */
function comparedText(refusal: HeadraceError | undefined): string {
  if (refusal !== undefined) return `Compared: batch on duckdb. Not the other modes: ${refusal.message}`
  return 'Compared: batch on duckdb; micro-batch and stream on incremental, in steps of several sizes, with rows in order, shuffled and late.'
}
