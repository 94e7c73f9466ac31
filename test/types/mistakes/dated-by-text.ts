import { files, t } from 'headrace'

// TS2769: Type '"id"' is not assignable to type '"at"'.
files.csv('out/{yyyy}.csv', { schema: { id: t.int64(), at: t.timestamp() }, datedBy: 'id' })
