/** How the bytes of a file can be compressed, and what its name says of that. */

/** What text can be compressed with. */
export type TextCompression = 'none' | 'gzip' | 'zstd'

/** What files can be compressed with: Parquet compresses its own pages, and knows one more way. */
export type Compression = TextCompression | 'snappy'

/** What the end of a name says; undefined where it says nothing. */
export function compressionByName(name: string): TextCompression | undefined {
  if (/\.gz$/i.test(name)) return 'gzip'
  return /\.zstd?$/i.test(name) ? 'zstd' : undefined
}
