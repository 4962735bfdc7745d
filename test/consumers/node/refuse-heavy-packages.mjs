// Importing latchkey must not ask for what it loads on first use: the loader refuses it.
import { register } from 'node:module'

const loader = `
export async function resolve(specifier, context, next) {
  if (/^(?:undici|zod|lmdb|keyv|commander|msw|redis|@redis\\/client|pg|pg-boss|bullmq)(?:\\/|$)/.test(specifier))
    throw new Error('loaded at import: ' + specifier)
  return next(specifier, context)
}`
register(`data:text/javascript,${encodeURIComponent(loader)}`)
