import { files, pipeline, sum } from 'headrace'
import { orders } from './shop.ts'

const revenue = orders.groupBy('product_id').agg({ revenue: sum('price') })
// TS2322: Type 'Target<"append", "append">' is not assignable to type 'Problem<"the dataset is upsert, and the target takes append: use write: 'replace' or a target that takes updates">'.
pipeline('revenue', revenue, { to: files.parquet('revenue.parquet', { write: 'append' }) })
