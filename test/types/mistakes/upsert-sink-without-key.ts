import { files, pipeline } from 'headrace'
import { orders } from './shop.ts'

// TS2322: Type 'Target<"append" | "upsert", "upsert">' is not assignable to type 'Problem<"the target keeps one row per key, and the dataset has no key">'.
pipeline('orders', orders, { to: files.parquet('copy.parquet', { write: 'upsert' }) })
