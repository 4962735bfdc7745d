import { readFileSync } from 'node:fs'
import { parseSetup, type Setup } from '../setup.ts'

/** An environment variable would be too small for the definitions of all integrations. */
export function readSetup(): Setup {
  const file = process.env.LATCHKEY_RUNTIME_TEST
  if (!file) throw new Error('LATCHKEY_RUNTIME_TEST is not set: start this with npm run test:runtimes')
  return parseSetup(readFileSync(file, 'utf8'))
}
