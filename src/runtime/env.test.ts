import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { inspect } from 'node:util'
import { env, isEnv, resolveEnv } from './env.ts'

const NAME = 'HEADRACE_TEST_SETTING'

afterEach(() => {
  delete process.env[NAME]
})

test('a variable is read when it is needed, not when it is defined', () => {
  const setting = env(NAME)
  process.env[NAME] = 'one'
  assert.equal(resolveEnv(setting, 'the test'), 'one')
  process.env[NAME] = 'two'
  assert.equal(resolveEnv(setting, 'the test'), 'two')
  assert.equal(resolveEnv('a text', 'the test'), 'a text')
})

test('a variable that is not set, or empty, has its fallback, or is refused with its use', () => {
  process.env[NAME] = ''
  assert.equal(resolveEnv(env(NAME, 'data'), 'the test'), 'data')
  assert.throws(() => resolveEnv(env(NAME), 'the path of the warehouse'), {
    code: 'ENV_MISSING',
    message: new RegExp(`${NAME} is not set, and the path of the warehouse needs it`),
  })
})

test('a URL is refused where a path is meant, and what it holds is not shown', () => {
  process.env[NAME] = 'postgres://user:secret@host/db?token=secret'
  for (const value of [
    env(NAME),
    env('HEADRACE_TEST_UNSET', 's3://secret/key'),
    'https://user:secret@host/x',
  ]) {
    assert.throws(
      () => resolveEnv(value, 'the path of the warehouse'),
      (error: Error) => {
        assert.match(error.message, /^the path of the warehouse is a URL \((postgres|s3|https):\/\/…/)
        assert.match(inspect(error, { showHidden: true }), /REFUSED/)
        assert.doesNotMatch(inspect(error, { showHidden: true }), /secret/)
        return true
      },
    )
  }
})

test('no way of printing it shows what it holds', () => {
  process.env[NAME] = 'secret one'
  const setting = env(NAME, 'secret two')
  assert.equal(isEnv(setting), true)
  for (const text of [String(setting), JSON.stringify({ setting }), inspect(setting, { showHidden: true })]) {
    assert.doesNotMatch(text, /secret/)
    assert.match(text, new RegExp(NAME))
  }
})

test('what is no name of a variable is refused', () => {
  for (const name of ['', 'A B', 'A-B', '1A', 7]) {
    assert.throws(() => env(name as string), { code: 'INVALID_ARGUMENT' })
  }
  assert.throws(() => env(NAME, 3 as unknown as string), { code: 'INVALID_ARGUMENT' })
})
