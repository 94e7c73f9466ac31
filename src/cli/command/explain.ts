/** `headrace explain`. */
import { explain } from '../../plan/explain.ts'
import { pipelinesOf } from '../definition.ts'
import { command, onlyArgument, projectOptions } from './command.ts'

export const explainCommand = command({
  name: 'explain',
  usage: 'NAME | FILE[#NAME]',
  summary: 'shows what a pipeline does, operator by operator, without running it',
  notes: [
    'Nothing is opened: no file is read, and no secret is needed. env(NAME) stands for what a variable holds.',
  ],
  options: projectOptions,
  examples: [
    ['explain daily-revenue', 'a pipeline of the project'],
    ['explain jobs/revenue.ts', 'all pipelines that a file exports'],
  ],
  run: async ({ positionals, values }, terminal) => {
    const reference = onlyArgument('explain', 'NAME or FILE[#NAME]', positionals)
    const pipelines = await pipelinesOf(reference, values, terminal)
    const explained = pipelines.map(pipeline => ({ pipeline: pipeline.name, text: explain(pipeline) }))
    return { document: explained, text: explained.map(({ text }) => text).join('\n\n') }
  },
})
