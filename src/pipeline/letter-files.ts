/** Where dead letters lie: a file for each pipeline, or for each interval of one. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { MAX_INSTANT, MIN_INSTANT } from '../schema/instant.ts'
import { textOfCell } from '../schema/text/value-text.ts'
import { t } from '../schema/type.ts'
import type { Interval } from '../seam/site.ts'

/** Where the letters of a run appear. */
export interface LetterFiles {
  /** Of a run that ended well; the next run of the same interval replaces it. */
  readonly published: string
  /** Of a run that failed, which leaves the published ones as they are. */
  readonly failed: string
}

/** `<pipeline>.ndjson`, or of a run over an interval `<pipeline>/<from>_<to>.ndjson`. */
export function letterFiles(folder: string, pipeline: string, interval: Interval | undefined): LetterFiles {
  const name = fileNameOf(pipeline)
  const base = interval === undefined ? join(folder, name) : join(folder, name, intervalName(interval))
  return { published: `${base}.ndjson`, failed: `${base}.failed.ndjson` }
}

/** The longest name of a file, with room for what is added to it. */
const NAME_CHARACTERS = 180

/**
 * A name as part of a path, different names differently: what file systems do not take, or we give a meaning, is written as
 * %XX, and so is the first letter of what Windows takes for a device. A long name ends in a hash.
 */
function fileNameOf(name: string): string {
  const safe = encodeURIComponent(name.toWellFormed())
    .replaceAll(/[*!'()~]/g, escaped)
    .replaceAll(/^\.|\.$|\.(?=(ndjson|failed)$)/gi, escaped)
    .replace(/^(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i, device => escaped(device[0]!) + device.slice(1))
  if (safe.length <= NAME_CHARACTERS) return safe
  const hash = createHash('sha256').update(safe).digest('hex').slice(0, 16)
  return `${safe.slice(0, NAME_CHARACTERS)}~${hash}`
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function intervalName({ from, to }: Interval): string {
  return `${from === MIN_INSTANT ? 'begin' : momentName(from)}_${to === MAX_INSTANT ? 'end' : momentName(to)}`
}

/** A day as 2024-01-31, another instant as 2024-01-31T120000Z: no file name on Windows has a colon. */
function momentName(micros: bigint): string {
  return textOfCell(t.timestamp(), micros)
    .replace(/T00:00:00Z$/, '')
    .replaceAll(':', '')
}
