import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bindingFailure } from './binding.ts'

test('a native part that is missing is named, with the version to install', () => {
  const cause = new Error(
    "Cannot find module '@duckdb/node-bindings-linux-x64/duckdb.node'\nRequire stack:\n- a.js",
  )
  const { code, message } = bindingFailure(cause)
  assert.equal(code, 'MISSING_PACKAGE')
  assert.match(message, /the package @duckdb\/node-bindings-linux-x64 is missing\./)
  assert.match(message, /npm install --include=optional @duckdb\/node-bindings-linux-x64@\d+\.\d+\.\d+/)
  assert.doesNotMatch(message, /Require stack/)
})

test('a native part that does not load is told with what the system says', () => {
  const { message } = bindingFailure(new Error("libc.so.6: version `GLIBC_2.34' not found"))
  assert.match(
    message,
    new RegExp(`cannot be loaded on ${process.platform}-${process.arch}: libc.so.6: .*GLIBC_2.34`),
  )
})

test('nothing of DuckDB is loaded before its absence can be told', () => {
  const loaders = globSync(`${import.meta.dirname}/../**/*.ts`)
    .filter(file => !/\.test\.ts$|binding\.ts$/.test(file))
    .map(file => readFileSync(file, 'utf8'))
    .filter(text => /^(?:import|\}) (?!type\b)[^\n]*'@duckdb\//m.test(text))
  assert.ok(loaders.length >= 4)
  for (const text of loaders) {
    const first = /^import [^']*'([^']*)'/m.exec(text)?.[1]
    assert.match(first ?? '', /^\.\.?\/binding\.ts$/, text.slice(0, 100))
  }
})
