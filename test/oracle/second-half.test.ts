import { oracle } from './oracle.ts'

oracle(1)
