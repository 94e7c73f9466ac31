/** How names and values are written into SQL, so that neither can be read as anything else. */

/** A quoted identifier. */
export function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

/** A quoted text. DuckDB's parser ends a statement at U+0000, so that one character is spelled. */
export function text(value: string): string {
  const quoted = (part: string) => `'${part.replaceAll("'", "''")}'`
  if (!value.includes('\0')) return quoted(value)
  return `(${value.split('\0').map(quoted).join(' || chr(0) || ')})`
}

/** A list of quoted texts: `['a', 'b']`. */
export function textList(values: readonly string[]): string {
  return `[${values.map(text).join(', ')}]`
}

/** Paths as DuckDB takes them: it would read `*`, `?` and `[` as patterns. */
export function pathList(files: readonly string[]): string {
  return textList(files.map(file => file.replace(/[*?[]/g, '[$&]')))
}
