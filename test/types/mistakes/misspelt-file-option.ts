import { files, t } from 'headrace'

// TS2769: Object literal may only specify known properties, but 'delimeter' does not exist in type 'CsvFileOptions & FileOptions<undefined, "id", never> & WriteOnly<{ readonly id: ColumnType<"int64", bigint>; }, never, never, never>'. Did you mean to write 'delimiter'?
files.csv('users.csv', { schema: { id: t.int64() }, delimeter: ';' })
