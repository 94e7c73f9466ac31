import { files, pipeline, stream } from 'headrace'
import { orders } from './shop.ts'

// TS2322: Type '"5 minutes"' is not assignable to type 'Problem<"give mode or freshness, not both">'.
pipeline('orders', orders, { to: files.parquet('copy.parquet'), mode: stream(), freshness: '5 minutes' })
