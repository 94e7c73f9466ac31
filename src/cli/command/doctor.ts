/** `headrace doctor`. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { readdir, statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import zlib from 'node:zlib'
import { HeadraceError } from '../../errors.ts'
import { type Settled, settle } from '../../project/config.ts'
import { discover } from '../../project/discover.ts'
import { projectFolder } from '../../project/folder.ts'
import { resolveEnv } from '../../runtime/env.ts'
import { amount, plural } from '../report.ts'
import { version } from '../version.ts'
import { command, projectOptions, UsageError } from './command.ts'

type Status = 'ok' | 'warn' | 'fail'

interface Finding {
  readonly about: string
  readonly status: Status
  /** What was found, and what to do where it is not ok. */
  readonly message: string
}

const MIB = 2 ** 20
/** Free disk below which runs are at risk, and below which nothing runs well. */
const LITTLE_DISK = 1024 * MIB
const NO_DISK = 100 * MIB

export const doctorCommand = command({
  name: 'doctor',
  usage: '',
  summary: 'says whether this machine and this project are ready, and what to do where they are not',
  notes: [
    'Every module that the config includes is loaded, and the warehouse is opened if it is there. Nothing is written. The exit code is 1 if a line says fail.',
  ],
  options: projectOptions,
  examples: [
    ['doctor', 'this project'],
    ['doctor --dir shop --profile prod', 'another one, as it runs in production'],
  ],
  run: async ({ positionals, values }) => {
    if (positionals.length > 0) throw new UsageError('doctor takes no argument. See headrace doctor --help')
    const dir = projectFolder(values.dir)
    const findings = [...machine(), await duckdb(), ...(await projectFindings(dir, values.profile))]
    const failed = findings.some(({ status }) => status === 'fail')
    const width = Math.max(...findings.map(({ about }) => about.length))
    const lines = findings.map(
      ({ about, status, message }) => `${status.padEnd(4)}  ${about.padEnd(width)}  ${message}`,
    )
    return { document: { ok: !failed, findings }, text: lines.join('\n'), status: failed ? 1 : 0 }
  },
})

function finding(about: string, status: Status, message: string): Finding {
  return { about, status, message }
}

function machine(): Finding[] {
  const zstd = 'createZstdDecompress' in zlib
  return [
    finding('node', 'ok', `${process.version} on ${process.platform}-${process.arch}`),
    finding('headrace', 'ok', version()),
    zstd
      ? finding('zstd', 'ok', 'files can be read and written with zstd')
      : finding('zstd', 'warn', 'this Node has no zstd. Use gzip, or take a newer Node.'),
  ]
}

/** Loaded here and not before, so that its absence is a line and not the end. */
async function duckdb(): Promise<Finding> {
  try {
    const { Duckdb } = await import('../../duckdb/duckdb.ts')
    const db = await Duckdb.open()
    try {
      const [row] = await db.records('SELECT version() AS version')
      return finding('duckdb', 'ok', String(row?.version))
    } finally {
      await db.close()
    }
  } catch (error) {
    return finding('duckdb', 'fail', textOf(error))
  }
}

async function projectFindings(dir: string, profile: string | undefined): Promise<Finding[]> {
  const folder = [
    writable('project', dir),
    writable('temporary', tmpdir()),
    await disk(dir),
    ...manifest(dir),
  ]
  let settled: Settled
  try {
    settled = await settle(dir, profile)
  } catch (error) {
    return [...folder, finding('config', 'fail', textOf(error))]
  }
  const config = settled.file ?? 'there is none, so the defaults hold'
  return [
    ...folder,
    finding('config', 'ok', profile === undefined ? config : `${config}, profile ${profile}`),
    ...(await modules(dir, settled)),
    await warehouse(dir, settled),
    await deadLetters(dir, settled),
  ]
}

function writable(about: string, dir: string): Finding {
  try {
    accessSync(dir, constants.W_OK)
    return finding(about, 'ok', `${dir} can be written`)
  } catch {
    return finding(about, 'fail', `${dir} cannot be written. Give this user the right to, or work elsewhere.`)
  }
}

async function disk(dir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dir)
  const free = bavail * bsize
  const text = `${amount(Math.floor(free / MIB))} MiB free`
  if (free >= LITTLE_DISK) return finding('disk', 'ok', text)
  return finding('disk', free >= NO_DISK ? 'warn' : 'fail', `${text}. Free some space before a large run.`)
}

/** The package.json of the project: of which kind its modules are, and which Headrace they import. */
function manifest(dir: string): Finding[] {
  const file = join(dir, 'package.json')
  if (!existsSync(file))
    return [finding('package', 'warn', `${dir} has no package.json. Run npm init, or headrace init.`)]
  const { type } = JSON.parse(readFileSync(file, 'utf8')) as { type?: string }
  const kind =
    type === 'module'
      ? finding('package', 'ok', '"type": "module"')
      : finding(
          'package',
          'warn',
          'it does not say "type": "module", so Node loads every module twice. Add it to package.json.',
        )
  return [kind, imported(file)]
}

function imported(manifest: string): Finding {
  try {
    const path = createRequire(manifest).resolve('headrace/package.json')
    const found = (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
    if (found === version()) return finding('import', 'ok', `modules import headrace ${found}`)
    return finding(
      'import',
      'warn',
      `modules import headrace ${found}, and this command is ${version()}. Use npx headrace.`,
    )
  } catch {
    return finding('import', 'fail', "modules cannot import 'headrace'. Run npm install headrace.")
  }
}

async function modules(dir: string, { include }: Settled): Promise<Finding[]> {
  try {
    const { found, broken, modules } = await discover(dir, include)
    const count = `${plural(modules, 'module')} (${include.join(', ')}), ${plural(found.length, 'pipeline')}`
    const names = found.length === 0 ? '' : `: ${found.map(({ pipeline }) => pipeline.name).join(', ')}`
    return [
      modules === 0
        ? finding(
            'modules',
            'warn',
            `no file matches ${include.join(', ')}. Say in headrace.config.ts where they are.`,
          )
        : finding('modules', 'ok', count + names),
      ...broken.map(({ error }) => finding('modules', 'fail', error.message)),
    ]
  } catch (error) {
    return [finding('modules', 'fail', textOf(error))]
  }
}

async function warehouse(dir: string, settled: Settled): Promise<Finding> {
  try {
    const path = resolve(dir, resolveEnv(settled.warehouse, 'the path of the warehouse'))
    if (!existsSync(path))
      return finding('warehouse', 'ok', `${path} is not there yet; the first run that needs it makes it`)
    const { openDatabase } = await import('../../duckdb/database-file.ts')
    const { tableNames } = await import('../../duckdb/catalogue.ts')
    await using file = await openDatabase(path, { create: false })
    return finding('warehouse', 'ok', `${path} opens; ${plural((await tableNames(file.db)).length, 'table')}`)
  } catch (error) {
    const locked = error instanceof HeadraceError && error.code === 'WAREHOUSE_LOCKED'
    return finding('warehouse', locked ? 'warn' : 'fail', textOf(error))
  }
}

async function deadLetters(dir: string, settled: Settled): Promise<Finding> {
  try {
    const path = resolve(dir, resolveEnv(settled.deadLetters, 'the folder of dead letters'))
    const entries = existsSync(path) ? await readdir(path, { recursive: true }) : []
    const files = entries.filter(name => name.endsWith('.ndjson'))
    if (files.length === 0) return finding('dead letters', 'ok', `none in ${path}`)
    const which = files.slice(0, 3).join(', ') + (files.length > 3 ? ', …' : '')
    return finding(
      'dead letters',
      'warn',
      `${plural(files.length, 'file')} in ${path}: ${which}. Mend what they tell of, and run again.`,
    )
  } catch (error) {
    return finding('dead letters', 'fail', textOf(error))
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof HeadraceError ? `${error.code}: ${error.message}` : error.message
}
