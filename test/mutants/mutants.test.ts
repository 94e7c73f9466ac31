import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { mutants } from './mutants.ts'

const root = join(import.meta.dirname, '..', '..')

test('every fault can be planted: its text stands exactly once in its file', () => {
  const wrong = mutants.flatMap(({ name, file, find }) => {
    const times = readFileSync(join(root, file), 'utf8').split(find).length - 1
    return times === 1 ? [] : [`${name}: ${times} times in ${file}`]
  })
  assert.deepEqual(wrong, [])
})

test('there are faults enough, no two alike, and each changes something', () => {
  assert.ok(mutants.length >= 20)
  assert.equal(new Set(mutants.map(mutant => mutant.name)).size, mutants.length)
  assert.deepEqual(
    mutants.filter(({ find, replace }) => find === replace),
    [],
  )
})
