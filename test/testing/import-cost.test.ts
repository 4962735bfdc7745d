import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

// An import of one of these fails in this process; what is required lazily shows in the require cache.
const refuseImports = `export async function resolve(specifier, context, next) {
  if (/^(msw|undici|zod|keyv|lmdb)(\\/|$)/.test(specifier)) throw new Error('imported ' + specifier)
  return next(specifier, context)
}`

it('importing latchkey/testing loads nothing heavy, and .handlers loads msw', async () => {
  const script = `
    import { createRequire, register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(refuseImports)}))
    const { mockProvider } = await import('./src/testing/index.ts')
    const { plain } = await import('./test/testing/definitions.ts')
    const required = () => Object.keys(createRequire(import.meta.url).cache)
      .filter((name) => /node_modules.(msw|undici|zod|keyv|lmdb)/.test(name)).length
    const mock = mockProvider(plain, { clientId: 'c', clientSecret: 's', redirectUri: 'https://a.example/cb' })
    const before = required()
    const handlers = mock.handlers.length
    console.log(JSON.stringify({ before, handlers, after: required() > 0 }))
  `
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: root },
  )
  expect(JSON.parse(stdout)).toEqual({ before: 0, handlers: expect.any(Number), after: true })
  expect(JSON.parse(stdout).handlers).toBeGreaterThan(4)
})
