import { count, tumbling } from 'headrace'
import { live } from './shop.ts'

// TS2561: Object literal may only specify known properties, but 'allowedLatenes' does not exist in type 'WindowOptions<"0 seconds", "on-close">'. Did you mean to write 'allowedLateness'?
live.window(tumbling('1 minute'), { allowedLatenes: '10 seconds' }).agg({ n: count() })
