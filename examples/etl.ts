/**
 * ETL: extract, transform, load. The rows are transformed before they are loaded, so the warehouse never sees personal data.
 *
 *     npx headrace run examples/users.ts
 *     npx headrace run examples/etl.ts
 *     npx headrace query "SELECT tier, count(*) AS users, sum(revenue) AS revenue FROM users GROUP BY tier"
 */
import { concat, files, pipeline, t, warehouse, when } from 'headrace'

// The file has columns for email, phone and birth date as well. What the schema does not name is not read.
const users = files.csv('out/users.csv', {
  schema: {
    id: t.int64(),
    first_name: t.string(),
    last_name: t.string(),
    total_purchases: t.decimal(12, 2),
  },
})

export const etl = pipeline(
  'etl',
  users.select(c => ({
    user_id: c.id,
    full_name: concat(c.first_name, ' ', c.last_name),
    revenue: c.total_purchases.mul('1.1'),
    tier: when(c.total_purchases.gt(1000), 'premium').else('basic'),
  })),
  {
    to: warehouse.table('users', { write: 'replace' }),
    // A dead letter keeps the whole record, and so a person's data. Here a bad record is counted, and nothing of it kept.
    onBadRecord: { action: 'skip', budget: '1%' },
  },
)
