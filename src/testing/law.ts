/** Laws of a seam as tests: one suite that every implementation runs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '../runtime/sleep.ts'

/** One sentence that must be true of every implementation, and how to find out. */
export interface Law<Subject> {
  readonly name: string
  /** Rejects, saying what is wrong, where the law does not hold. */
  holds(subject: Subject): Promise<void>
}

/** Laws that an implementation does not keep, each with the reason. A gap that has closed fails, so that it is removed. */
export type Gaps = Readonly<Record<string, string>>

/** How a test is registered. */
export type Register = (name: string, run: () => Promise<void>) => unknown

/** The runner of this package's own tests. */
const nodeTest: Register = (name, run) => test(name, run)

/** Registers a test for every law, with `node:test` unless told otherwise: `test` of vitest fits as it is. */
export function testLaws<Subject>(
  what: string,
  laws: readonly Law<Subject>[],
  subject: Subject,
  gaps: Gaps,
  register: Register = nodeTest,
): void {
  for (const name of Object.keys(gaps)) {
    if (!laws.some(law => law.name === name))
      throw new Error(`${what}: there is no law '${name}' to have a gap`)
  }
  for (const law of laws) {
    const reason = gaps[law.name]
    if (reason === undefined) register(`${what}: ${law.name}`, () => law.holds(subject))
    else register(`${what}, gap: ${law.name} (${reason})`, () => fails(law, subject))
  }
}

async function fails<Subject>(law: Law<Subject>, subject: Subject): Promise<void> {
  const broken = await law.holds(subject).then(
    () => false,
    () => true,
  )
  assert.ok(broken, `the law holds now: remove the gap '${law.name}'`)
}

/** Resolves with whether a promise settles within some milliseconds. */
export async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const stop = new AbortController()
  const timeout = sleep(milliseconds, stop.signal).then(() => false)
  const done = promise.then(
    () => true,
    () => true,
  )
  const settled = await Promise.race([done, timeout])
  stop.abort()
  return settled
}
