import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asRows, given, runOnRows } from 'headrace/testing'
import { dailyRevenue, orders, revenue } from './daily-revenue.ts'

test('revenue adds up per product and day, without what was given away', async () => {
  const { rows } = await runOnRows(dailyRevenue, {
    inputs: [
      given(orders, [
        { order_id: 1, product: 'tea', price: '2.50', ordered_at: '2024-01-01T09:00:00Z' },
        { order_id: 2, product: 'tea', price: '4.00', ordered_at: '2024-01-01T23:59:59Z' },
        { order_id: 3, product: 'tea', price: '0.00', ordered_at: '2024-01-01T12:00:00Z' },
        { order_id: 4, product: 'tea', price: '1.00', ordered_at: '2024-01-02T00:00:00Z' },
      ]),
    ],
  })
  const byDay = rows.toSorted((a, b) => a.window_start - b.window_start)
  assert.deepEqual(
    byDay,
    asRows(revenue, [
      {
        product: 'tea',
        window_start: '2024-01-01T00:00:00Z',
        window_end: '2024-01-02T00:00:00Z',
        revenue: '6.50',
        orders: 2,
      },
      {
        product: 'tea',
        window_start: '2024-01-02T00:00:00Z',
        window_end: '2024-01-03T00:00:00Z',
        revenue: '1.00',
        orders: 1,
      },
    ]),
  )
})
