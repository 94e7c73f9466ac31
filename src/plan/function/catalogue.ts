/** Every function of the language, by name. */
import { casts } from './casts.ts'
import type { FunctionSpec } from './function.ts'
import { logic } from './logic.ts'
import { numbers } from './numbers.ts'
import { texts } from './texts.ts'
import { times } from './times.ts'

export type { FunctionOptions } from './function.ts'

const all = { ...numbers, ...logic, ...texts, ...times, ...casts } as const

export type FunctionName = keyof typeof all

export const functions: Readonly<Record<FunctionName, FunctionSpec>> = all
