import type { TimePart, TimeUnit } from '../../src/plan/function/function.ts'
import type { times } from '../../src/plan/function/times.ts'
import { t } from '../../src/schema/type.ts'
import { fails, onWith, type Vector, type Vectors } from './table.ts'

const timestamp = t.timestamp()
const date = t.date()

const FIRST = '0001-01-01T00:00:00Z'
const LAST = '9999-12-31T23:59:59.999999Z'
const BEFORE_1970 = '1969-12-31T23:59:59.999999Z'
const SAMPLE = '2024-08-15T13:47:31.123456Z'

const truncated = (unit: TimeUnit, ...rows: Vector[]): Vectors => onWith([timestamp], { unit }, ...rows)
const truncatedDate = (unit: TimeUnit, ...rows: Vector[]): Vectors => onWith([date], { unit }, ...rows)

/** A part of the sample instant, the first, the last, and the last before 1970. */
const part = (
  name: TimePart,
  ofSample: number,
  ofFirst: number,
  ofLast: number,
  ofBefore: number,
  ...more: Vector[]
): Vectors =>
  onWith(
    [timestamp],
    { part: name },
    [SAMPLE, ofSample],
    [FIRST, ofFirst],
    [LAST, ofLast],
    [BEFORE_1970, ofBefore],
    [null, null],
    ...more,
  )

const partOfDate = (name: TimePart, ...rows: Vector[]): Vectors => onWith([date], { part: name }, ...rows)

const moved = (micros: number, ...rows: Vector[]): Vectors => onWith([timestamp], { micros }, ...rows)

const overflow = fails('OVERFLOW')

export const timeVectors: Readonly<Record<keyof typeof times, readonly Vectors[]>> = {
  truncate: [
    truncated('microsecond', [SAMPLE, SAMPLE]),
    truncated(
      'millisecond',
      [SAMPLE, '2024-08-15T13:47:31.123000Z'],
      [BEFORE_1970, '1969-12-31T23:59:59.999000Z'],
    ),
    truncated('second', [SAMPLE, '2024-08-15T13:47:31Z'], [BEFORE_1970, '1969-12-31T23:59:59Z']),
    truncated('minute', [SAMPLE, '2024-08-15T13:47:00Z'], [BEFORE_1970, '1969-12-31T23:59:00Z']),
    truncated(
      'hour',
      [SAMPLE, '2024-08-15T13:00:00Z'],
      [BEFORE_1970, '1969-12-31T23:00:00Z'],
      [LAST, '9999-12-31T23:00:00Z'],
      [null, null],
    ),
    truncated('day', [SAMPLE, '2024-08-15T00:00:00Z'], [BEFORE_1970, '1969-12-31T00:00:00Z'], [FIRST, FIRST]),
    truncated(
      'week',
      [SAMPLE, '2024-08-12T00:00:00Z'],
      ['2024-08-11T23:59:59Z', '2024-08-05T00:00:00Z'],
      ['1970-01-01T00:00:00Z', '1969-12-29T00:00:00Z'],
      [FIRST, FIRST],
      [LAST, '9999-12-27T00:00:00Z'],
    ),
    truncated(
      'month',
      [SAMPLE, '2024-08-01T00:00:00Z'],
      ['2024-02-29T12:00:00Z', '2024-02-01T00:00:00Z'],
      [BEFORE_1970, '1969-12-01T00:00:00Z'],
    ),
    truncated(
      'quarter',
      [SAMPLE, '2024-07-01T00:00:00Z'],
      ['2024-03-31T00:00:00Z', '2024-01-01T00:00:00Z'],
      [LAST, '9999-10-01T00:00:00Z'],
    ),
    truncated(
      'year',
      [SAMPLE, '2024-01-01T00:00:00Z'],
      [FIRST, FIRST],
      ['0099-06-01T00:00:00Z', '0099-01-01T00:00:00Z'],
    ),
    truncatedDate('day', ['2024-02-29', '2024-02-29']),
    truncatedDate(
      'week',
      ['2024-01-01', '2024-01-01'],
      ['2023-12-31', '2023-12-25'],
      ['0001-01-07', '0001-01-01'],
      [null, null],
    ),
    truncatedDate('month', ['1969-12-31', '1969-12-01']),
    truncatedDate('quarter', ['9999-12-31', '9999-10-01']),
    truncatedDate('year', ['0004-12-31', '0004-01-01']),
  ],
  extract: [
    part('year', 2024, 1, 9999, 1969),
    part('quarter', 3, 1, 4, 4),
    part('month', 8, 1, 12, 12),
    part(
      'week',
      33,
      1,
      52,
      1,
      ['2021-01-03T23:59:59Z', 53],
      ['2021-01-04T00:00:00Z', 1],
      ['2024-12-30T00:00:00Z', 1],
      ['2026-12-31T00:00:00Z', 53],
      ['2027-01-01T00:00:00Z', 53],
    ),
    part('day', 15, 1, 31, 31, ['2024-02-29T00:00:00Z', 29]),
    part('dayOfWeek', 4, 1, 5, 3, ['2024-08-18T12:00:00Z', 7], ['1900-03-01T00:00:00Z', 4]),
    part('dayOfYear', 228, 1, 365, 365, ['2024-12-31T00:00:00Z', 366]),
    part('hour', 13, 0, 23, 23),
    part('minute', 47, 0, 59, 59),
    part('second', 31, 0, 59, 59),
    part('millisecond', 123, 0, 999, 999),
    part('microsecond', 123456, 0, 999999, 999999),
    partOfDate('year', ['0001-01-01', 1], [null, null]),
    partOfDate('quarter', ['2024-04-01', 2]),
    partOfDate('month', ['1969-12-31', 12]),
    partOfDate('week', ['2020-12-31', 53], ['2018-12-31', 1], ['2017-01-01', 52]),
    partOfDate('day', ['2023-02-28', 28]),
    partOfDate('dayOfWeek', ['2024-01-01', 1], ['1969-12-28', 7]),
    partOfDate('dayOfYear', ['2023-12-31', 365], ['2000-12-31', 366], ['1900-12-31', 365]),
  ],
  dateAdd: [
    moved(1, [BEFORE_1970, '1970-01-01T00:00:00Z'], [null, null], [LAST, overflow]),
    moved(
      -1,
      ['1970-01-01T00:00:00Z', BEFORE_1970],
      [LAST, '9999-12-31T23:59:59.999998Z'],
      [FIRST, overflow],
    ),
    moved(5_400_000_000, ['2024-02-29T23:00:00Z', '2024-03-01T00:30:00Z']),
    onWith(
      [date],
      { micros: 86_400_000_000 },
      ['2024-02-28', '2024-02-29'],
      ['2023-02-28', '2023-03-01'],
      ['1969-12-31', '1970-01-01'],
      [null, null],
      ['9999-12-31', overflow],
    ),
    onWith([date], { micros: -7 * 86_400_000_000 }, ['2024-01-07', '2023-12-31'], ['0001-01-07', overflow]),
  ],
  diff: [
    onWith(
      [timestamp, timestamp],
      { unit: 'microsecond' },
      ['1970-01-01T00:00:00Z', BEFORE_1970, 1],
      [LAST, FIRST, 315537897599999999n],
      [null, FIRST, null],
      [FIRST, null, null],
    ),
    onWith(
      [timestamp, timestamp],
      { unit: 'millisecond' },
      [SAMPLE, '2024-08-15T13:47:31Z', 123],
      ['2024-08-15T13:47:31Z', SAMPLE, -123],
    ),
    onWith(
      [timestamp, timestamp],
      {
        unit: 'second',
      },
      ['1970-01-01T00:00:00.500000Z', '1969-12-31T23:59:59Z', 1],
    ),
    onWith(
      [timestamp, timestamp],
      { unit: 'minute' },
      ['2024-01-01T00:00:59.999999Z', '2024-01-01T00:00:00Z', 0],
      ['2024-01-01T00:00:00Z', '2024-01-01T00:01:30Z', -1],
    ),
    onWith([timestamp, timestamp], { unit: 'hour' }, ['2024-03-01T00:00:00Z', '2024-02-28T12:00:00Z', 36]),
    onWith(
      [timestamp, timestamp],
      { unit: 'day' }, // Not days of the calendar, but times 24 hours.
      ['2024-01-02T01:00:00Z', '2024-01-01T23:00:00Z', 0],
      [FIRST, LAST, -3652058],
    ),
    onWith(
      [timestamp, timestamp],
      {
        unit: 'week',
      },
      ['2024-01-15T00:00:00Z', '2024-01-01T00:00:00.000001Z', 1],
    ),
    onWith(
      [date, date],
      { unit: 'day' },
      ['2024-03-01', '2024-02-28', 2],
      ['1969-12-31', '1970-01-02', -2],
      ['9999-12-31', '0001-01-01', 3652058],
      [null, '1970-01-01', null],
    ),
    onWith([date, date], { unit: 'week' }, ['2024-01-15', '2024-01-01', 2], ['2024-01-01', '2024-01-14', -1]),
  ],
}
