import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExampleServer, startExample, startLimit } from './example-server.ts'
import { testFlow } from './framework-flow.ts'

// Each example is started as its README says, and a browser's part is played over HTTP.

interface Framework {
  readonly name: string
  readonly file: string
  readonly environment?: NodeJS.ProcessEnv
}

const frameworks: Framework[] = [
  { name: 'node:http', file: 'examples/node-http/server.ts' },
  { name: 'Express', file: 'examples/express/server.ts' },
  { name: 'Fastify', file: 'examples/fastify/server.ts' },
  { name: 'Koa', file: 'examples/koa/server.ts' },
  { name: 'Hono', file: 'examples/hono/server.ts' },
  {
    name: 'NestJS',
    file: 'examples/nestjs/main.ts',
    environment: { TSX_TSCONFIG_PATH: 'examples/nestjs/tsconfig.json' },
  },
]

describe.each(frameworks)('$name', ({ file, environment }) => {
  let server: ExampleServer
  beforeAll(async () => {
    server = await startExample(['--import', 'tsx', file], environment)
  }, startLimit)
  afterAll(() => server?.kill())

  testFlow(() => server)

  it('ends by itself when it is asked to', async () => {
    expect(await server.stop()).toBe(0)
  })
})

it.each([...frameworks.map(({ file }) => file), 'examples/nextjs/'])(
  '%s has a README that starts it',
  (file) => {
    const readme = readFileSync(`${dirname(`${file}.`)}/README.md`, 'utf8')
    expect(readme).toMatch(file.endsWith('/') ? /npx next dev examples\/nextjs\n/ : `${file}\n`)
  },
)

it.each(frameworks)(
  '$name names what is missing where there are no credentials',
  async ({ file, environment }) => {
    const start = startExample(['--import', 'tsx', file], { ...environment, LATCHKEY_SIMULATE: '' })
    await expect(start).rejects.toThrow(
      /config_invalid.*SLACK_CLIENT_ID.*SLACK_CLIENT_SECRET.*LATCHKEY_SECRET/,
    )
  },
  startLimit,
)
