/**
 * Looks for a fault in the engines as they stand in this folder: golden flows first, then random plans on the engines
 * that are named. Exits 1 with the first finding on stdout, 0 if there is none.
 */
import { engines } from '../../src/verify/engines.ts'
import { runSuite } from '../../src/verify/suite.ts'
import { flowNames, loadFlow } from '../golden/flow.ts'
import { flowFault } from '../golden/hold.ts'

const [names = '', cases = '400'] = process.argv.slice(2)
const able = engines.filter(engine => names.split(',').includes(engine.name))

process.exitCode = (await fault()) === undefined ? 0 : 1

async function fault(): Promise<string | undefined> {
  const found = (await goldenFault()) ?? (await randomFault())
  if (found !== undefined) console.log(found)
  return found
}

async function goldenFault(): Promise<string | undefined> {
  for (const name of flowNames()) {
    const flow = await loadFlow(name)
    for (const engine of able) {
      const wrong = await flowFault(flow, engine)
      if (wrong !== undefined) return `golden ${name}`
    }
  }
  return undefined
}

async function randomFault(): Promise<string | undefined> {
  const { failures } = await runSuite({ engines: able, firstSeed: 1, cases: Number(cases), shrinkMs: 0 })
  return failures[0] && `oracle seed ${failures[0].seed}: ${failures[0].failure.law}`
}
