/**
 * Every error that a user, their data or the outside world can cause is a `HeadraceError` with a code of the
 * table below. A programmer's mistake inside Headrace is an assertion instead and crashes.
 *
 * The message says what was tried, on what, what came instead, and what to do about it.
 */

/** What the caller (or the runtime) does about an error. */
export type Reaction = 'retry' | 'wait' | 'stop' | 'ask'

interface ErrorEntry {
  readonly reaction: Reaction
  /** One sentence for the reference: when does this happen, and what is the way out. */
  readonly meaning: string
}

const table = {
  // Definitions: found while a plan is being built.
  UNKNOWN_COLUMN: {
    reaction: 'stop',
    meaning: 'An expression or option names a column that the dataset does not have.',
  },
  DUPLICATE_COLUMN: { reaction: 'stop', meaning: 'Two columns of one schema would have the same name.' },
  TYPE_MISMATCH: {
    reaction: 'stop',
    meaning: 'A function, operator or sink got a column of a type it is not defined for. Cast explicitly.',
  },
  INVALID_TYPE: {
    reaction: 'stop',
    meaning: 'A logical type is not well formed, such as decimal(40, 2) or an enum without values.',
  },
  INVALID_LITERAL: {
    reaction: 'stop',
    meaning: 'A literal cannot be expressed exactly in the type of the column it stands beside.',
  },
  INVALID_ARGUMENT: {
    reaction: 'stop',
    meaning: 'An option or argument has a value outside its documented range.',
  },
  UNKNOWN_OPTION: { reaction: 'stop', meaning: 'An options object has a property that is not an option.' },
  INVALID_DURATION: {
    reaction: 'stop',
    meaning: "A duration is not of the form '5 seconds', '1 minute', '24 hours'.",
  },
  INVALID_PATTERN: {
    reaction: 'stop',
    meaning:
      'A regular expression is outside the subset that every engine reads alike (RE2 without Unicode classes).',
  },
  NEEDS_EVENT_TIME: {
    reaction: 'stop',
    meaning: 'The operator needs an event time, and the dataset has none, or lost its column on the way.',
  },
  NEEDS_KEY: {
    reaction: 'stop',
    meaning: 'The sink or operator keeps one row per key, and the dataset has no key.',
  },
  NOT_MERGEABLE: {
    reaction: 'stop',
    meaning: 'An aggregate cannot do what the plan asks of it: retract on a retracting input, or merge.',
  },
  UPDATE_MODE: {
    reaction: 'stop',
    meaning:
      'The sink does not take the update mode of the dataset, such as upsert rows into an append-only sink.',
  },
  NAME_TAKEN: {
    reaction: 'stop',
    meaning: 'Two operators or definitions have the same name. Name one of them with .named().',
  },
  REFUSED: {
    reaction: 'stop',
    meaning:
      'The engine or mode cannot run this operator with the same answer as the others; the message names the way out.',
  },

  // Data: a value or a record that cannot be what its column says.
  BAD_VALUE: {
    reaction: 'stop',
    meaning: 'A text or value is not one of the column type, such as "x" for an int32.',
  },
  OUT_OF_RANGE: {
    reaction: 'stop',
    meaning: 'A value is of the right kind but beyond the range or precision of the column type.',
  },
  NOT_FINITE: {
    reaction: 'stop',
    meaning:
      'NaN or an infinity was found where a float64 is read. A float64 column holds finite numbers or null.',
  },
  NULL_VALUE: { reaction: 'stop', meaning: 'A null, or a missing field, in a column that is not nullable.' },
  ILL_FORMED_TEXT: {
    reaction: 'stop',
    meaning: 'Bytes that are not UTF-8, or a string with a lone surrogate, which no UTF-8 text can hold.',
  },
  BAD_RECORD: {
    reaction: 'stop',
    meaning:
      'A record does not parse as the format says: broken JSON, an unclosed quote, a wrong number of fields.',
  },
  BAD_RECORD_BUDGET: {
    reaction: 'ask',
    meaning:
      'A run met more bad records than its budget allows. The message shows the first one and where they are kept: mend the input, or allow more.',
  },
  NOT_EXPRESSIBLE: {
    reaction: 'stop',
    meaning: 'The format has no way to write a value of this type, such as a list in CSV.',
  },
  INVALID_ROW: {
    reaction: 'stop',
    meaning: 'An opaque function returned a row that does not fit its declared output schema.',
  },

  // Computation.
  OVERFLOW: {
    reaction: 'stop',
    meaning:
      'An integer, decimal or time computation left the range of its type. Cast to a wider type first.',
  },
  OUT_OF_MEMORY: {
    reaction: 'stop',
    meaning:
      'A computation fits neither the memory nor the temporary folder. Filter or aggregate earlier, or run it on a larger machine.',
  },
  USER_FUNCTION: {
    reaction: 'stop',
    meaning: 'A user function threw. The message names the operator and the function; the cause is attached.',
  },
  NOT_EQUAL: {
    reaction: 'stop',
    meaning:
      'verify found two engines, modes or step sizes that give different answers for one plan and input. The message shows the first differing row and how it came about.',
  },

  // The outside.
  NOT_FOUND: { reaction: 'stop', meaning: 'A file, folder or definition does not exist.' },
  ENV_MISSING: {
    reaction: 'stop',
    meaning:
      "A setting comes from an environment variable that is not set. Set it, or give a fallback: env('NAME', 'fallback').",
  },
  LOAD_FAILED: {
    reaction: 'stop',
    meaning:
      'A module of definitions could not be loaded: a syntax error, an import that leads nowhere, or code of its own that threw. The message names the place; the cause is attached.',
  },
  MISSING_PACKAGE: {
    reaction: 'stop',
    meaning:
      'A package that is installed only where it is wanted, or only for its platform, is not there. The message names it and the command that installs it.',
  },
  READ_FAILED: {
    reaction: 'stop',
    meaning: 'A source could not be read: missing permission, a broken file, another format.',
  },
  CHANGED_MEANWHILE: {
    reaction: 'retry',
    meaning:
      'Files were replaced while they were being read, so that what was read may be partly of before. Read them again.',
  },
  CORRUPT_INPUT: {
    reaction: 'stop',
    meaning:
      'A compressed file breaks off before its end. The records before that were read; what came after the last whole one is a bad record.',
  },
  WRITE_FAILED: { reaction: 'stop', meaning: 'A sink could not be written.' },
  FOLDER_LOCKED: {
    reaction: 'wait',
    meaning: 'Another run is writing to the folder; one at a time publishes it. Wait until it has ended.',
  },
  NEWER_FORMAT: {
    reaction: 'stop',
    meaning: 'A file of Headrace was written by a newer version than this one. Use the newer version.',
  },
  SCHEMA_MISMATCH: {
    reaction: 'stop',
    meaning: 'The columns found in a file or table are not those that the schema declares.',
  },
  INVALID_SQL: {
    reaction: 'stop',
    meaning:
      'SQL for the warehouse is wrong, or does more than read. The message has the words of DuckDB and the place in the text.',
  },
  WAREHOUSE_LOCKED: {
    reaction: 'wait',
    meaning:
      'Another process, or another thread of this one, has the warehouse file open. The message names it; wait until it ends.',
  },
  STOPPED: { reaction: 'stop', meaning: 'The run was stopped by its abort signal before it ended.' },
} as const satisfies Record<string, ErrorEntry>

/** A code of the table. */
export type ErrorCode = keyof typeof table

/** The table of codes, as data: the reference page is generated from it. */
export const errors: Readonly<Record<ErrorCode, ErrorEntry>> = table

/** The one error class of Headrace. Programs branch on `code` or `reaction`, people read `message`. */
export class HeadraceError extends Error {
  override readonly name = 'HeadraceError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  get reaction(): Reaction {
    return errors[this.code].reaction
  }
}
