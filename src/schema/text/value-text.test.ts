import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seeded } from '../../runtime/random.ts'
import { torture } from '../../testing/torture.ts'
import { Int64Builder, Int128Builder } from '../builder.ts'
import { cellAt } from '../cell.ts'
import { Decimal, rescale } from '../decimal.ts'
import { MAX_DAY, MAX_INSTANT, MIN_DAY, MIN_INSTANT } from '../instant.ts'
import { Refusal } from '../refusal.ts'
import { t, typeText } from '../type.ts'
import { floatOf, NumberScan, scanNumber, storeDecimal } from './number-scan.ts'
import { decimalOfJson, decimalOfText, integerOfJson, textOfDecimal } from './number-text.ts'
import { dateAt, timestampAt } from './time-scan.ts'
import {
  civilOfDays,
  dateOfText,
  daysOfCivil,
  textOfDate,
  textOfTimestamp,
  timestampOfText,
} from './time-text.ts'
import { cellOfText, textOfCell } from './value-text.ts'

const SEED = 424_242

describe('every value of the torture table is its text read again', () => {
  for (const { type, cells } of torture) {
    if (type.kind === 'list') continue
    test(typeText(type).slice(0, 40), () => {
      for (const [name, cell] of Object.entries(cells)) {
        if (cell !== null) assert.deepEqual(cellOfText(type, textOfCell(type, cell)), cell, name)
      }
    })
  }
})

test('a list has no text', () => {
  const refusal = cellOfText(t.list(t.int32()), '[1]')
  assert.ok(refusal instanceof Refusal && refusal.code === 'NOT_EXPRESSIBLE')
})

test('a uuid is read in any case and kept in lower case', () => {
  const upper = '9B2D8C1E-4F0A-4C57-8D1A-3F6E2B7C9D01'
  assert.equal(cellOfText(t.uuid(), upper), upper.toLowerCase())
})

describe('decimals', () => {
  test('zeros at the end are no excess; other digits are refused or rounded', () => {
    assert.equal(decimalOfText('1.5000', 4, 2), 150n)
    assert.equal((decimalOfText('1.501', 4, 2) as Refusal).code, 'OUT_OF_RANGE')
    assert.equal(decimalOfText('1.505', 4, 2, 'round'), 151n)
    assert.equal(decimalOfText('-1.505', 4, 2, 'round'), -151n)
    assert.equal(decimalOfText('1.50499', 4, 2, 'round'), 150n)
    assert.equal((decimalOfText('99.995', 4, 2, 'round') as Refusal).code, 'OUT_OF_RANGE')
  })

  test('rounding is that of Decimal', () => {
    const random = seeded(SEED)
    for (let i = 0; i < 500; i++) {
      const from = Math.floor(random() * 10)
      const unscaled = BigInt(Math.floor((random() - 0.5) * 1e12))
      const to = Math.floor(random() * 10)
      assert.equal(
        decimalOfText(textOfDecimal(unscaled, from), 38, to, 'round'),
        rescale(unscaled, from, to),
        `seed ${SEED}, case ${i}`,
      )
      assert.equal(textOfDecimal(unscaled, from), new Decimal(unscaled, from).toString())
    }
  })

  test('exponents move the point, however far', () => {
    assert.equal(decimalOfJson('1.5e3', 10, 2), 150_000n)
    assert.equal(decimalOfJson('-1250e-2', 10, 2), -1250n)
    assert.equal(decimalOfJson(`1${'0'.repeat(100)}e-100`, 10, 2), 100n)
    assert.equal(decimalOfJson(`0.${'0'.repeat(100)}1e101`, 10, 2), 100n)
    assert.equal(decimalOfJson('0e999999999', 10, 2), 0n)
    assert.equal((decimalOfJson('1e999999999', 38, 0) as Refusal).code, 'OUT_OF_RANGE')
    assert.equal((decimalOfJson('1e-999999999', 38, 38) as Refusal).code, 'OUT_OF_RANGE')
    assert.equal(integerOfJson('922337203685477580700e-2'), 9_223_372_036_854_775_807n)
    assert.equal((integerOfJson('5e-1') as Refusal).code, 'BAD_VALUE')
    assert.equal((integerOfJson('1e19') as Refusal).code, 'OUT_OF_RANGE')
  })
})

describe('the fast way says what the slow way says', () => {
  const scan = (text: string): NumberScan => {
    const s = new NumberScan()
    s.bytes = Buffer.from(`${text},`)
    assert.ok(scanNumber(s) && s.pos === text.length, text)
    return s
  }

  test('decimals and doubles', () => {
    const random = seeded(SEED)
    let fast = 0
    for (let i = 0; i < 5000; i++) {
      const digits = 1 + Math.floor(random() * 17)
      const whole = String(Math.floor(random() * 10 ** Math.floor(random() * digits)))
      const fraction = String(random()).slice(2, 2 + Math.floor(random() * 8))
      const text = (random() < 0.5 ? '-' : '') + whole + (fraction === '' ? '' : `.${fraction}`)
      const s = scan(text)
      const context = `seed ${SEED}, case ${i}: ${text}`
      for (const [type, builder] of [
        [t.decimal(12, 4), new Int64Builder()],
        [t.decimal(30, 12), new Int128Builder()],
      ] as const) {
        builder.reserve(1)
        if (!storeDecimal(s, builder, 0, type)) continue
        fast++
        assert.equal(cellAt(builder.take(1), 0), decimalOfText(text, type.precision!, type.scale!), context)
      }
      if (s.plain) assert.ok(Object.is(floatOf(s), Number(text)), context)
    }
    assert.ok(fast > 2000, `only ${fast} went the fast way`)
  })

  test('integers of all sizes below 2^53 in both words', () => {
    for (const magnitude of [
      0,
      1,
      2 ** 31 - 1,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 33 + 5,
      2 ** 52,
      2 ** 53 - 1,
    ]) {
      for (const value of [magnitude, -magnitude]) {
        for (const builder of [new Int64Builder(), new Int128Builder()]) {
          builder.reserve(2)
          builder.setNumber(1, value)
          builder.setNull(0)
          assert.equal(cellAt(builder.take(2), 1), BigInt(value))
        }
      }
    }
  })

  test('dates and timestamps', () => {
    const random = seeded(SEED)
    let fast = 0
    for (let i = 0; i < 5000; i++) {
      const seconds = Math.floor((random() - 0.3) * (random() < 0.5 ? 1e10 : 2.5e11))
      const micros = BigInt(seconds) * 1_000_000n + BigInt(random() < 0.5 ? 0 : Math.floor(random() * 1e6))
      if (micros < MIN_INSTANT || micros > MAX_INSTANT) continue
      let text = textOfTimestamp(micros)
      if (random() < 0.3) text = text.replace(/\d/g, d => (random() < 0.03 ? '9' : d))
      if (random() < 0.1) text = `${text.slice(0, Math.floor(random() * 28))}Z`
      const bytes = Buffer.from(`${text}"`)
      const quick = timestampAt(bytes, 0, text.length)
      const slow = timestampOfText(text)
      const context = `seed ${SEED}, case ${i}: ${text}`
      if (!Number.isNaN(quick)) {
        fast++
        assert.equal(BigInt(quick), slow, context)
      } else assert.ok(slow instanceof Refusal || Math.abs(Number(slow)) >= 9e15, context)
      const day = dateAt(bytes, 0, 10)
      const slowDay = dateOfText(text.slice(0, 10))
      assert.equal(Number.isNaN(day), slowDay instanceof Refusal, context)
      if (!Number.isNaN(day)) assert.equal(day, slowDay, context)
    }
    assert.ok(fast > 1500, `only ${fast} went the fast way`)
  })
})

describe('dates and timestamps', () => {
  test('the calendar is that of Date, from year 1 to 9999', () => {
    const random = seeded(SEED)
    for (let i = 0; i < 3000; i++) {
      const days =
        i === 0 ? MIN_DAY : i === 1 ? MAX_DAY : MIN_DAY + Math.floor(random() * (MAX_DAY - MIN_DAY))
      const iso = new Date(days * 86_400_000).toISOString().slice(0, 10)
      assert.equal(textOfDate(days), iso)
      assert.equal(dateOfText(iso), days)
      assert.equal(daysOfCivil(...civilOfDays(days)), days)
    }
  })

  test('zones, separators and fractions', () => {
    const noon = 1_706_702_400_000_000n
    for (const text of [
      '2024-01-31T12:00:00Z',
      '2024-01-31 12:00:00Z',
      '2024-01-31T12:00:00',
      '2024-01-31T12:00:00.0Z',
      '2024-01-31T14:00:00+02:00',
      '2024-01-31T06:30:00-05:30',
      '2024-02-01T02:00:00+14:00',
    ]) {
      assert.equal(timestampOfText(text), noon, text)
    }
    assert.equal(timestampOfText('2024-01-31T12:00:00.5Z'), noon + 500_000n)
    assert.equal(timestampOfText('1969-12-31T23:59:59.999999Z'), -1n)
    assert.equal(textOfTimestamp(noon + 500_000n), '2024-01-31T12:00:00.500000Z')
    assert.equal(textOfTimestamp(noon), '2024-01-31T12:00:00Z')
    assert.equal(textOfTimestamp(-1n), '1969-12-31T23:59:59.999999Z')
    for (const text of [
      '2024-01-31t12:00:00Z',
      '2024-01-31T12:00:00z',
      '2024-01-31T12:00:00+02',
      '2024-01-31T12:00:00+24:00',
    ]) {
      assert.ok(timestampOfText(text) instanceof Refusal, text)
    }
  })
})
