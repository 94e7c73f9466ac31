/** Random cells: mostly from a small domain, so that rows meet in groups and joins; at times the extremes of the type. */
import type { Cell } from '../../schema/cell.ts'
import { MAX_DAY, MAX_INSTANT, MIN_DAY, MIN_INSTANT } from '../../schema/instant.ts'
import type { ColumnType } from '../../schema/type.ts'
import type { Random } from './random.ts'

/** 2024-01-01T00:00:00Z in µs and as a day: where tame times lie. */
export const BASE = 1_704_067_200_000_000n
const BASE_DAY = 19_723

const TEXTS = ['', 'a', 'b', 'ab', 'B', 'a,b', ' pad ', 'é', '12', '-7', '1.5', 'true', '2024-01-31']
const WILD_TEXTS = [
  '😀',
  '\uffff',
  '\ud7ff',
  'x\u0000y',
  'quote\'"\\',
  'é',
  'line\nbreak',
  'ß',
  'İ',
  '1e5',
  '٣',
]
const UUIDS = [
  '00000000-0000-0000-0000-000000000000',
  '123e4567-e89b-12d3-a456-426614174000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
]
const JSONS = [
  '{"a":1}',
  '{"a":"x","b":[1,2,{"c":null}]}',
  '[true,false]',
  '"text"',
  '12.50',
  'null',
  '{"a":{"b":"é"}}',
]

/** A cell of the type; null in a fifth of the cases where the type allows it. `wild`: extremes among them. */
export function cellFor(type: ColumnType, random: Random, wild = false): Cell {
  if (type.nullable && random.chance(0.2)) return null
  return wild && random.chance(0.3) ? extreme(type, random) : tame(type, random)
}

function tame(type: ColumnType, random: Random): Cell {
  switch (type.kind) {
    case 'bool':
      return random.chance(0.5)
    case 'int32':
      return random.int(-3, 12)
    case 'int64':
      return BigInt(random.int(-3, 12))
    case 'float64':
      return random.chance(0.1) ? -0 : dyadic(random, random.chance(0.5) ? 8 : 1 << 20)
    case 'decimal':
      return BigInt(random.int(-99, 999)) % 10n ** BigInt(type.precision!)
    case 'string':
      return random.pick(TEXTS)
    case 'bytes':
      return Uint8Array.from({ length: random.int(0, 2) }, () => random.pick([0, 65, 255]))
    case 'date':
      return BASE_DAY + random.int(-40, 40)
    case 'timestamp':
      return BASE + BigInt(random.int(-600_000, 600_000)) * 1_000_000n + BigInt(random.int(0, 2))
    case 'uuid':
      return random.pick(UUIDS)
    case 'enum':
      return random.pick(type.values!)
    case 'json':
      return random.pick(JSONS)
    case 'list':
      return Array.from({ length: random.int(0, 3) }, () => cellFor(type.element!, random))
  }
}

function extreme(type: ColumnType, random: Random): Cell {
  switch (type.kind) {
    case 'int32':
      return random.pick([-2_147_483_648, 2_147_483_647])
    case 'int64':
      return random.pick([-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n])
    case 'float64':
      return dyadic(random, 2 ** 40 - 1)
    case 'decimal':
      return (10n ** BigInt(type.precision!) - 1n) * (random.chance(0.5) ? 1n : -1n)
    case 'string':
      return random.pick(WILD_TEXTS)
    case 'date':
      return random.pick([MIN_DAY, MAX_DAY, -1, 0, 11_016, -25_509])
    case 'timestamp':
      return random.pick([MIN_INSTANT, MAX_INSTANT, -1n, 0n, 951_782_399_999_999n])
    default:
      return tame(type, random)
  }
}

/** A multiple of 1/1024: sums of a few thousand such numbers below 2^30 are exact in any order. */
function dyadic(random: Random, bound: number): number {
  return random.int(-bound, bound) / 1024
}
