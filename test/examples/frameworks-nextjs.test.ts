import { execFile } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ExampleServer, exampleEnvironment, startExample, startLimit } from './example-server.ts'
import { testFlow } from './framework-flow.ts'

// Next.js is built as for production first. What it writes is ignored by git (examples/nextjs/.gitignore).

const next = 'node_modules/next/dist/bin/next'
let server: ExampleServer

beforeAll(async () => {
  const cwd = fileURLToPath(new URL('../../', import.meta.url))
  // Without a secret or an id in the environment, as where images are built.
  const { stdout } = await promisify(execFile)(process.execPath, [next, 'build', 'examples/nextjs'], {
    cwd,
    env: exampleEnvironment(),
  })
  expect(stdout).toContain('/oauth/[[...path]]')
  server = await startExample([next, 'start', 'examples/nextjs', '--hostname', 'localhost'])
}, 180_000)
afterAll(() => server?.kill())

testFlow(() => server)

it('ends by itself when it is asked to, with the exit code of Next.js', async () => {
  expect(await server.stop()).toBe(128 + constants.signals.SIGTERM)
})

it(
  'names what is missing where there are no credentials',
  async () => {
    const start = startExample([next, 'start', 'examples/nextjs'], { LATCHKEY_SIMULATE: '' })
    await expect(start).rejects.toThrow(
      /config_invalid.*SLACK_CLIENT_ID.*SLACK_CLIENT_SECRET.*LATCHKEY_SECRET/,
    )
  },
  startLimit,
)
