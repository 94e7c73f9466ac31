/** The cases that the language was made for, as code that compiles. docs/decisions/api.md quotes them. */
import {
  batch,
  concat,
  count,
  type Dataset,
  env,
  files,
  microBatch,
  pipeline,
  print,
  stream,
  sum,
  t,
  tumbling,
  warehouse,
  when,
} from 'headrace'
import {
  dag,
  elasticsearch,
  kappa,
  lambda,
  postgres,
  predictor,
  redis,
  store,
  topic,
  view,
  type WithResources,
} from './later.ts'

declare const payments: Dataset<typeof payment, 'append', never, never>
declare const pageViews: Dataset<typeof pageView, 'append', never, never>
declare const events: WithResources<Dataset<typeof pageView, 'append', never, never>>
const payment = { payment_id: t.string(), amount: t.decimal(12, 2) }
const pageView = { page_id: t.string(), viewed_at: t.timestamp() }
const out = { page_id: t.string(), score: t.float64() }

// ## A schema
const schema = {
  order_id: t.string(),
  product_id: t.string(),
  price: t.decimal(12, 2),
  ordered_at: t.timestamp(),
}

// ## ETL: extract, transform, load
const users = postgres.table('users', {
  url: env('SHOP_URL'),
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
  { to: warehouse.table('users', { write: 'replace' }) },
)

// ## ELT: load raw, transform inside the warehouse
export const rawUsers = pipeline('raw_users', files.csv('users.csv', { schema }), {
  to: warehouse.table('raw.users', { write: 'append', onSchemaChange: 'evolve' }),
})
const named = warehouse.sql("SELECT id, first_name || ' ' || last_name AS full_name FROM raw.users", {
  schema: { id: t.int64(), full_name: t.string() },
})
export const cleanUsers = pipeline('clean_users', named, {
  to: warehouse.table('clean_users', { write: 'replace' }),
})

// ## Batch: daily revenue, a run over an interval replaces exactly that interval's partitions
const orders = files.parquet('data/orders/{yyyy}-{MM}-{dd}/', { schema })
export const dailyRevenue = pipeline(
  'daily_revenue',
  orders.groupBy('product_id').agg({ total_revenue: sum('price'), total_orders: count() }),
  {
    mode: batch({ schedule: '0 1 * * *' }),
    to: files.parquet('results/daily/{yyyy}-{MM}-{dd}/'),
  },
)

// ## Stream: revenue per product in windows of one minute
const live = topic('orders', {
  schema,
  key: 'order_id',
  eventTime: { column: 'ordered_at', outOfOrderness: '5 seconds' },
})
const revenue = live
  .window(tumbling('1 minute'), { allowedLateness: '10 seconds', emit: 'on-close' })
  .groupBy('product_id')
  .agg({ revenue: sum('price') })
export const revenuePerProduct = pipeline('revenue', revenue, {
  mode: stream(),
  to: topic('revenue_per_product', { like: revenue }),
})
export const tooLate = pipeline('too_late', revenue.late, {
  to: files.ndjson('late.ndjson'),
})

// ## Micro-batch
export const large = pipeline(
  'large',
  payments.filter(c => c.amount.gt(100)),
  { mode: microBatch('1 second'), to: print() },
)

// ## Lambda and Kappa: views
const views = pageViews.groupBy('page_id').agg({ views: count() })
export const pageViewCounts = view('page_views', views, { mode: lambda({ batchEvery: '1 hour' }) })
export const replayable = view('page_views_kappa', views, { mode: kappa() })

// ## Change data capture, to several places
const shop = postgres.cdc('shop', { url: env('SHOP_URL'), tables: { users: schema } })
export const sync = pipeline('sync', shop.tables.users, {
  to: [elasticsearch.index('users'), redis.hash('user:'), warehouse.table('users')],
})

// ## Tiers: hot, warm, cold
export const tiered = view('events', events, {
  mode: stream(),
  tiers: [
    { to: redis.hash('event:'), keep: '24 hours' },
    { to: elasticsearch.index('events'), keep: '30 days' },
    { to: store.parquet('s3://cold/') },
  ],
})

// ## A dag
export const daily = dag(
  'daily_etl',
  { interval: '@daily', delay: '1 hour', start: '2023-11-01', catchup: 'all' },
  d => {
    const extract = d.task('extract', { retry: { attempts: 3 } }, async ({ interval }) => ({
      from: interval[0],
      rows: 10,
    }))
    d.task('load', { needs: { extract } }, async ({ input }) => input.extract.rows)
  },
)

// ## Train in batch, infer in stream
export const scored = events.mapBatch('score', { out, version: 1, with: predictor('late') }, (batch, late) =>
  late.score(batch),
)
