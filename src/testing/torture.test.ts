import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HeadraceError } from '../errors.ts'
import { type Batch, batchOfCells } from '../schema/batch.ts'
import { type Cell, cellAt } from '../schema/cell.ts'
import { type Codec, csv, json, ndjson } from '../schema/codec.ts'
import { batchOfRows, rowsOf } from '../schema/row.ts'
import { type ColumnType, typeText } from '../schema/type.ts'
import { torture } from './torture.ts'
import { altered, poison, refused } from './torture-refusals.ts'

/** Takes a batch through a form and back. */
type Trip = (batch: Batch) => Batch

const trips: Readonly<Record<string, Trip>> = {
  rows: batch => batchOfRows(batch.schema, rowsOf(batch)),
  ndjson: throughBytes(ndjson),
  json: throughBytes(json),
  csv: throughBytes(csv()),
  'csv with semicolons, without header': throughBytes(csv({ delimiter: ';', header: false })),
}

function throughBytes(codec: Codec): Trip {
  return batch => {
    const encoder = codec.encoder(batch.schema)
    const decoder = codec.decoder(batch.schema)
    for (const piece of [encoder.head(), encoder.encode(batch), encoder.tail()]) decoder.push(piece)
    decoder.end()
    return decoder.take()
  }
}

const listed = (list: readonly { codec: string; kind: string; value: string }[], codec: string) => {
  return (type: ColumnType, value: string) =>
    list.find(
      entry =>
        codec.startsWith(entry.codec) &&
        entry.kind === type.kind &&
        (entry.value === value || entry.value === '*'),
    )
}

for (const [codec, trip] of Object.entries(trips)) {
  describe(`torture through ${codec}`, () => {
    const refusal = listed(refused, codec)
    const alteration = listed(altered, codec)
    for (const { type, cells } of torture) {
      test(typeText(type).slice(0, 40), () => {
        for (const [value, cell] of Object.entries(cells)) {
          const batch = batchOfCells({ a: type }, [[cell]])
          const code = (refusal(type, value) as (typeof refused)[number] | undefined)?.code
          if (code !== undefined) assert.throws(() => trip(batch), { code }, value)
          else {
            const back = cellAt(trip(batch).columns[0]!, 0)
            if (alteration(type, value) === undefined) assertSame(back, cell, value)
            else assert.notEqual(back, cell, `${value} is listed as altered and was not`)
          }
        }
      })

      test(`${typeText(type).slice(0, 40)}, all at once`, () => {
        const kept = Object.entries(cells).filter(([name]) => !refusal(type, name) && !alteration(type, name))
        if (kept.length === 0) return
        const rows = kept.map(([, cell], row): Cell[] => [row, cell])
        const back = trip(batchOfCells({ row: { kind: 'int32', nullable: false }, a: type }, rows))
        assert.equal(back.length, rows.length)
        kept.forEach(([name, cell], row) => {
          assert.equal(cellAt(back.columns[0]!, row), row)
          assertSame(cellAt(back.columns[1]!, row), cell, name)
        })
      })
    }
  })
}

test('every listed refusal and alteration is about a value of the table', () => {
  for (const { codec, kind, value } of [...refused, ...altered]) {
    assert.ok(codec in trips, codec)
    const types = torture.filter(({ type }) => type.kind === kind)
    assert.ok(value === '*' || types.some(({ cells }) => value in cells), `${kind}: ${value}`)
  }
})

describe('poison is taken in by nothing', () => {
  for (const { type, name, code, ...input } of poison) {
    test(`${typeText(type)}: ${name}`, () => {
      const schema = { a: type }
      const forms = 'value' in input || input.json !== undefined || input.csv !== undefined
      assert.ok(forms, 'the entry has no input')
      if ('value' in input) refuses(code, () => batchOfRows(schema, [{ a: input.value }]))
      if (input.json !== undefined) {
        refuses(code, () => ndjson.decoder(schema).push(Buffer.from(`{"a":${input.json}}\n`)))
        refuses(code, () => json.decoder(schema).push(Buffer.from(`[{"a":${input.json}}]`)))
      }
      if (input.csv !== undefined) {
        refuses(code, () =>
          csv()
            .decoder(schema)
            .push(Buffer.from(`a\n${input.csv}\n`)),
        )
      }
    })
  }
})

function refuses(code: string, take: () => void): void {
  assert.throws(take, (error: HeadraceError) => {
    assert.ok(error instanceof HeadraceError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.message, /^(Row|Record) 1\b.*(column 'a'|: )/)
    return true
  })
}

/** Exactly the same cell: −0 is not 0 here. */
function assertSame(actual: Cell, expected: Cell, name: string): void {
  if (typeof expected === 'number')
    assert.ok(Object.is(actual, expected), `${name}: ${actual} is not ${expected}`)
  else assert.deepEqual(actual, expected, name)
}
