/** The judge: the same question as hand-written SQL over the source file, compared with an answer row by row. */
import { Duckdb } from '../../src/duckdb/duckdb.ts'
import { text } from '../../src/duckdb/sql.ts'

/** How an answer differs from what it should be. */
export interface Verdict {
  readonly rows: number
  /** Rows that are missing, extra, repeated or different. */
  readonly different: number
  /** The first of them, for people. */
  readonly first?: string
}

const handSql = (source: string): string => `
  SELECT origin, date_trunc('hour', date) AS window_start, date_trunc('hour', date) + INTERVAL 1 HOUR AS window_end,
    count(*) AS flights, CAST(sum(distance) AS BIGINT) AS distance, avg(delay) AS avg_delay
  FROM read_parquet(${text(source)}) WHERE delay > 0 GROUP BY ALL`

/** An answer; its instants are zoned in the file, and compared as what they are in UTC. */
const fileSql = (file: string): string => `
  SELECT * REPLACE (make_timestamp(epoch_us(window_start)) AS window_start,
    make_timestamp(epoch_us(window_end)) AS window_end)
  FROM read_parquet(${text(file)})`

/** Counts and sums must be equal, averages within 1e-9 of the sum of their magnitudes; delays here are positive. */
const equal = `a.origin IS NOT NULL AND b.origin IS NOT NULL AND a.window_end = b.window_end
  AND a.flights = b.flights AND a.distance = b.distance
  AND abs(a.avg_delay - b.avg_delay) <= 1e-9 * abs(a.avg_delay)`

/** A relation with the number of times each of its keys occurs, so that a repeated row cannot pass for one. */
const counted = (sql: string): string => `
  SELECT *, count(*) OVER (PARTITION BY origin, window_start) AS times FROM (${sql})`

/** Answers of the job, compared with SQL over the source and with each other. */
export class Judge {
  readonly #db: Duckdb

  private constructor(db: Duckdb) {
    this.#db = db
  }

  static async open(): Promise<Judge> {
    return new Judge(await Duckdb.open())
  }

  close(): void {
    this.#db.close()
  }

  /** An answer in a file against SQL over the source. */
  againstSql(source: string, answer: string): Promise<Verdict> {
    return this.#compare(handSql(source), fileSql(answer))
  }

  /** Two answers in files. */
  againstEachOther(a: string, b: string): Promise<Verdict> {
    return this.#compare(fileSql(a), fileSql(b))
  }

  async #compare(expected: string, actual: string): Promise<Verdict> {
    const joined = `FROM (${counted(expected)}) a FULL JOIN (${counted(actual)}) b USING (origin, window_start)`
    const fine = `(${equal} AND a.times = 1 AND b.times = 1)`
    const [sums] = await this.#db.records(
      `SELECT count(*) AS rows, count(*) FILTER (WHERE ${fine} IS NOT TRUE) AS different ${joined}`,
    )
    const verdict = { rows: Number(sums!.rows), different: Number(sums!.different) }
    if (verdict.different === 0) return verdict
    const [row] = await this.#db.records(
      `SELECT origin, window_start, a, b ${joined} WHERE ${fine} IS NOT TRUE ORDER BY ALL LIMIT 1`,
    )
    return { ...verdict, first: JSON.stringify(row) }
  }
}
