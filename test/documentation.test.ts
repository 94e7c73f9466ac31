/** The readme and the guides are programs: their examples type-check and run, and print what the page says. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Desk } from './documentation/desk.ts'
import { blocksOf, commandsOf, settled } from './documentation/page.ts'
import { paths, readRepository, textOf } from './tidy/project.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const project = readRepository(root)
const pages = paths(project, /^(README|docs\/guide\/.*)\.md$/).map(path => ({
  path,
  blocks: blocksOf(path, textOf(project, path)),
}))
const desk = new Desk()
after(() => desk.remove())

const page = (...lines: string[]) => blocksOf('page.md', lines.join('\n'))
const print = ['```ts', 'console.log(1)', '```']

// One call of the compiler: that it finds the mistake shows that it looks at the examples.
test('the examples of the readme and the guides type-check, and one that does not is named by its place', () => {
  assert.ok(pages.length > 0 && pages.every(({ blocks }) => blocks.length > 0), 'a page has no example')
  const wrong = page('# Title', '', '```ts', "import { missing } from 'headrace'", '```', '')
  const [first, ...more] = desk
    .compile([...pages.map(({ blocks }) => blocks), wrong])
    .trimEnd()
    .split('\n')
  assert.match(first ?? '', /^page\.md:3\(1,10\): error TS2305: .*'missing'/)
  assert.deepEqual(more, [])
})

for (const { path, blocks } of pages) {
  test(`${path} runs from top to bottom`, () => {
    assert.equal(desk.run(path.replaceAll(/\W/g, '-'), blocks).join('\n'), '')
  })
}

test('a program that throws, a command that fails, and other output than is shown are found', () => {
  const wrong = {
    throws: page('```ts', "throw new Error('no')", '```'),
    fails: page('```sh', 'npx headrace nothing', '```'),
    works: page('```sh fails', 'npx headrace --version', '```'),
    unknown: page('```sh', 'rm -rf .', '```'),
    prints: page(...print, '', '```text', '2', '```'),
  }
  for (const [name, blocks] of Object.entries(wrong)) {
    const [found, ...more] = desk.run(name, blocks)
    assert.match(found ?? '', /^page\.md:\d+: /, name)
    assert.deepEqual(more, [], name)
  }
  assert.deepEqual(desk.run('right', page(...print, '', '```text', '1', '```')), [])
})

test('a block is a program, a file or commands', () => {
  const blocks = page('<!--', '```csv users.csv', 'id', '1', '```', '-->', '```sh', 'npx x', '```')
  assert.deepEqual(
    blocks.map(({ place, language, argument, code }) => [place, language, argument, code]),
    [
      ['page.md:2', 'csv', 'users.csv', 'id\n1\n'],
      ['page.md:7', 'sh', '', 'npx x\n'],
    ],
  )
  assert.deepEqual(commandsOf(`A=1 npx headrace query "select 'x'" # why\n\nnpx headrace run a.ts#b`), [
    { env: { A: '1' }, words: ['npx', 'headrace', 'query', "select 'x'"] },
    { env: {}, words: ['npx', 'headrace', 'run', 'a.ts#b'] },
  ])
})

test('times and rates are not compared', () => {
  const shown = settled('batch, 0.26 s, 11,447,247 rows/s \n', '/nowhere')
  assert.equal(shown, 'batch, … s, … rows/s')
})
