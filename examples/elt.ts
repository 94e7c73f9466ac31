/**
 * ELT: extract, load, transform. The rows are loaded as they are, and SQL inside the warehouse makes of them what is needed.
 *
 *     npx headrace run examples/users.ts
 *     npx headrace run examples/elt.ts#raw_users
 *     npx headrace run examples/elt.ts#clean_users
 *     npx headrace query "SELECT * FROM clean_users ORDER BY user_id LIMIT 5"
 */
import { files, pipeline, t, warehouse } from 'headrace'

export const rawUsers = pipeline(
  'raw_users',
  files.csv('out/users.csv', {
    schema: {
      id: t.int64(),
      first_name: t.string(),
      last_name: t.string(),
      email: t.string(),
      phone: t.string(),
      birth_date: t.date(),
      total_purchases: t.decimal(12, 2),
    },
  }),
  { to: warehouse.table('raw.users', { write: 'replace', onSchemaChange: 'evolve' }) },
)

const cleaned = warehouse.sql(
  `SELECT
     id AS user_id,
     first_name || ' ' || last_name AS full_name,
     total_purchases * 1.1 AS revenue,
     CASE WHEN total_purchases > 1000 THEN 'premium' ELSE 'basic' END AS tier
   FROM raw.users`,
  {
    schema: {
      user_id: t.int64(),
      full_name: t.string(),
      revenue: t.decimal(14, 3),
      tier: t.string(),
    },
  },
)

export const cleanUsers = pipeline('clean_users', cleaned, {
  to: warehouse.table('clean_users', { write: 'replace' }),
})
