/**
 * What the database of a shop exports about its users, personal data included. One record is broken: it says "unknown"
 * where an amount should be.
 *
 *     npx headrace run examples/users.ts
 */
import { concat, files, generate, pipeline, t, when } from 'headrace'

const made = generate({
  schema: {
    id: t.int64(),
    first_name: t.string(),
    last_name: t.string(),
    phone: t.int64(),
    birth_date: t.date(),
    total_purchases: t.decimal(12, 2),
  },
  columns: {
    id: generate.sequence({ from: 1 }),
    first_name: generate.oneOf(['Ada', 'Bruno', 'Chloé', 'Dmitri', 'Esra', 'Łukasz', "O'Neil", 'Zoë']),
    last_name: generate.oneOf(['Abbott', 'de la Cruz', 'Fischer', 'Ito', 'Nguyen', 'Smith, Jr.', 'Yılmaz']),
    phone: generate.uniform(2_000_000_000, 9_999_999_999),
    birth_date: generate.uniform(-9_000, 13_000),
    total_purchases: generate.uniform(0, 2_500),
  },
  rows: 5_000,
  seed: 42,
})

const exported = made.select(c => ({
  id: c.id,
  first_name: c.first_name,
  last_name: c.last_name,
  email: concat('user', c.id.cast(t.string()), '@mail.example'),
  phone: concat('+1', c.phone.cast(t.string())),
  birth_date: c.birth_date,
  total_purchases: when(c.id.eq(777), 'unknown').else(c.total_purchases.cast(t.string())),
}))

export const users = pipeline('users', exported, { to: files.csv('out/users.csv') })
