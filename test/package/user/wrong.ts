/** A pipeline that cannot be: its column does not exist. */
import { memory, pipeline, print, t } from 'headrace'

const rows = memory.rows([{ n: 1 }], { schema: { n: t.int32() } })

export const wrong = pipeline('wrong', rows.drop('m' as 'n'), { to: print() })
