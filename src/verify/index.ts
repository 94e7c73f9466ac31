/** `headrace/verify`: does my plan give the same answer in every mode? */
export { type VerifyOptions, type VerifyReport, verify } from './verify.ts'
