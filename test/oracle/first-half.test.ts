import { oracle } from './oracle.ts'

oracle(0)
