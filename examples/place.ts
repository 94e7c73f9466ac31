/** A folder for the time of a test: examples run in it by the command line, and SQL asks what they left there. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunReport } from 'headrace'
import { Duckdb } from '../src/duckdb/duckdb.ts'
import { text as quoted } from '../src/duckdb/sql.ts'

const WAREHOUSE = '.headrace/warehouse.duckdb'
const root = fileURLToPath(new URL('..', import.meta.url))

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export class Place {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'headrace-example-'))

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  text(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  /** Runs `headrace` with these arguments, in this folder. `examples/x.ts` is that of the repository. */
  headrace(...args: string[]): Ran {
    const given = args.map(arg => (arg.startsWith('examples/') ? join(root, arg) : arg))
    const command = [join(root, 'bin', 'headrace.js'), ...given]
    return spawnSync(process.execPath, command, { cwd: this.folder, encoding: 'utf8' })
  }

  /** Runs a pipeline of an example and gives its report. Throws what was printed if it fails. */
  run(...args: string[]): RunReport {
    const { status, stdout, stderr } = this.headrace('run', ...args, '--json')
    if (status !== 0) throw new Error(`headrace run ${args.join(' ')}: ${stdout}${stderr}`)
    return JSON.parse(stdout) as RunReport
  }

  /**
   * The rows of a query as texts, in its order: cells joined by |, null as nothing. Paths begin in the folder, and the tables
   * of its warehouse are in `warehouse`, read by a process that had no part in writing them.
   */
  async ask(sql: string): Promise<string[]> {
    const db = await Duckdb.open()
    try {
      await db.run(`SET file_search_path = ${quoted(this.folder)}`)
      if (existsSync(this.path(WAREHOUSE))) {
        await db.run(`ATTACH ${quoted(this.path(WAREHOUSE))} AS warehouse (READ_ONLY)`)
      }
      const rows = await db.records(`SELECT COLUMNS(*)::VARCHAR FROM (${sql})`)
      return rows.map(row => Object.values(row).join('|'))
    } finally {
      await db.close()
    }
  }

  /** What files hold and when they were written, by name. */
  files(pattern: string): Map<string, string> {
    const names = globSync(pattern, { cwd: this.folder }).sort()
    return new Map(
      names.map(name => {
        const { mtimeNs } = statSync(this.path(name), { bigint: true })
        return [name, `${mtimeNs} ${readFileSync(this.path(name)).toString('base64')}`]
      }),
    )
  }
}
