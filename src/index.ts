export { type ErrorCode, errors, HeadraceError, type Reaction } from './errors.ts'
