/** `headrace init`. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HeadraceError } from '../../errors.ts'
import { version } from '../version.ts'
import { command, onlyArgument } from './command.ts'

/** src/cli/command/ and dist/cli/command/ are equally deep, so the same path finds the templates from both. */
const TEMPLATE = fileURLToPath(new URL('../../../templates/init/', import.meta.url))

export const initCommand = command({
  name: 'init',
  usage: 'DIR',
  summary: 'makes a project with a pipeline, its test and some data',
  notes: ['The folder must be empty, or not there yet. Nothing is installed and nothing is run.'],
  options: {},
  examples: [
    ['init shop', 'then: cd shop, npm install, npm test, npx headrace run daily-revenue'],
    ['init .', 'in an empty folder'],
  ],
  run: async ({ positionals }) => {
    const given = onlyArgument('init', 'DIR', positionals)
    const dir = resolve(given)
    refuseFull(given, dir)
    const created = write(dir)
    const enter = dir === resolve('.') ? [] : [`  cd ${given}`]
    return {
      document: { dir, files: created },
      text: [
        `Made a project in ${dir}:`,
        ...created.map(file => `  ${file}`),
        '',
        'Next:',
        ...enter,
        '  npm install',
        '  npm test',
        '  npx headrace run daily-revenue',
        '  npx headrace query "SELECT * FROM daily_revenue"',
      ].join('\n'),
    }
  },
})

function refuseFull(given: string, dir: string): void {
  const found = existsSync(dir) ? readdirSync(dir) : []
  if (found.length === 0) return
  throw new HeadraceError(
    'WRITE_FAILED',
    `${given} is not empty: it has ${found.slice(0, 3).join(', ')}${found.length > 3 ? ', …' : ''}. Give a new folder, so that nothing is lost.`,
  )
}

/** Copies the template, and fills in what it cannot know. Gives the files. */
function write(dir: string): string[] {
  try {
    mkdirSync(dir, { recursive: true })
    cpSync(TEMPLATE, dir, { recursive: true })
    // npm takes a file of these names in a package for its own.
    renameSync(join(dir, 'gitignore'), join(dir, '.gitignore'))
    fill(join(dir, 'package.template.json'), join(dir, 'package.json'), dir)
    fill(join(dir, 'README.md'), join(dir, 'README.md'), dir)
  } catch (cause) {
    throw new HeadraceError('WRITE_FAILED', `Cannot make a project in ${dir}: ${(cause as Error).message}.`, {
      cause,
    })
  }
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.map(entry => join(entry.parentPath, entry.name).slice(dir.length + 1)).sort()
}

function fill(template: string, file: string, dir: string): void {
  const text = readFileSync(template, 'utf8')
    .replaceAll('NAME', packageName(dir))
    .replaceAll('VERSION', version())
  rmSync(template)
  writeFileSync(file, text)
}

/** The folder's name as npm takes it. */
function packageName(dir: string): string {
  const name = basename(dir)
    .toLowerCase()
    .replaceAll(/[^a-z\d._-]+/g, '-')
    .replace(/^[._-]+/, '')
  return name === '' ? 'pipelines' : name
}
