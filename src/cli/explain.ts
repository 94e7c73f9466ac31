/** `headrace explain FILE[#NAME]`. */
import { parseArgs } from 'node:util'
import { explain } from '../plan/explain.ts'
import type { Command } from './command.ts'
import { loadPipelines, onlyArgument } from './load.ts'

export const explainCommand: Command = {
  name: 'explain',
  usage: 'FILE[#NAME]',
  summary: 'shows what pipelines do, operator by operator, without running them',
  run: async (args, terminal) => {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    const pipelines = await loadPipelines(onlyArgument('explain', positionals))
    terminal.out(pipelines.map(pipeline => explain(pipeline)).join('\n\n'))
    return 0
  },
}
