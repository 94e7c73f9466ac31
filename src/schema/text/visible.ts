/** Texts of data for people: a terminal obeys control characters, so none of them goes there as it is. */

const CONTROL = /\p{Cc}/gu
const CONTROL_IN_LINES = /(?![\n\t])\p{Cc}/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text as one line, its control characters as JSON writes them: `\n`, `\u001b`. */
export function visible(text: string): string {
  return text.replace(CONTROL, escaped)
}

/** The same for a text of several lines: line ends and tabs stay. */
export function visibleLines(text: string): string {
  return text.replace(CONTROL_IN_LINES, escaped)
}

function escaped(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
