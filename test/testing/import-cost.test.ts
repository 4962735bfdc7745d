import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

it('importing latchkey/testing loads neither msw nor undici nor zod, and .handlers loads msw', async () => {
  const script = `
    import { createRequire } from 'node:module'
    import { mockProvider } from './src/testing/index.ts'
    import { plain } from './test/testing/definitions.ts'
    const loaded = () => Object.keys(createRequire(import.meta.url).cache)
      .concat(process.moduleLoadList ?? [])
      .filter((name) => /node_modules.(msw|undici|zod)/.test(name)).length
    const before = loaded()
    const mock = mockProvider(plain, { clientId: 'c', clientSecret: 's', redirectUri: 'https://a.example/cb' })
    const made = loaded()
    const handlers = mock.handlers.length
    console.log(JSON.stringify({ before, made, handlers, after: loaded() > 0 }))
  `
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: root },
  )
  const { before, made, handlers, after } = JSON.parse(stdout)
  expect({ before, made, after }).toEqual({ before: 0, made: 0, after: true })
  expect(handlers).toBeGreaterThan(4)
})
