import { execFile } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startProviderServer } from '../support/provider-server.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const at = (path: string) => JSON.stringify(pathToFileURL(root + path).href)

/** Runs an ES module in a Node of its own; what is global there is as an application has it. */
function run(source: string): Promise<{ code: number | string | null; stdout: string; stderr: string }> {
  const env = { ...process.env, NODE_OPTIONS: '' }
  const options = { cwd: root, env, timeout: 15_000 }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      // Node 26 deprecates `module.register`, with which the test itself refuses packages; its successor is not on Node 20.
      ['--disable-warning=DEP0205', '--import', 'tsx', '--input-type=module', '-e', source],
      options,
      (error, stdout, stderr) => {
        resolve({
          code: error ? (error.killed ? 'killed: it did not end by itself' : (error.code ?? null)) : 0,
          stdout,
          stderr,
        })
      },
    )
  })
}

/** A provider on loopback and one whole connect, in the child. */
const exchange = `
  import { createServer } from 'node:http'
  import { createOAuthClient, memoryStore } from ${at('src/index.ts')}
  import { acmeAt, credentials } from ${at('test/support/acme.ts')}
  const server = createServer((request, response) => {
    let length = 0
    request.on('data', (chunk) => { length += chunk.length })
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ access_token: 'at-1', id: 1, length, declared: request.headers['content-length'] ?? null }))
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = 'http://127.0.0.1:' + server.address().port
  async function connect() {
    const client = createOAuthClient(acmeAt(origin), { ...credentials, store: memoryStore() })
    const { state } = await client.authorize({ tenantId: 't1' })
    await client.callback('?code=c&state=' + state)
    if ((await client.getAccessToken({ tenantId: 't1' })) !== 'at-1') throw new Error('no token')
    return client
  }
  /** What Node's fetch takes and the fetch of a foreign undici refuses on Node 20. */
  async function post() {
    const body = 'hello'
    const response = await fetch(origin + '/echo', { method: 'POST', body, headers: { 'content-length': String(body.length) } })
    const { length, declared } = await response.json()
    if (length !== 5 || declared !== '5') throw new Error('the body did not arrive: ' + length + ' of ' + declared)
  }
`

describe('in a process of its own', () => {
  it("an exchange leaves the application's fetch as it is, content-length and all", async () => {
    const result = await run(`${exchange}
      const before = globalThis.fetch
      const source = String(before)
      await connect()
      if (globalThis.fetch !== before || String(globalThis.fetch) !== source) throw new Error('fetch was replaced')
      await post()
      await connect()
      await post()
      server.close()
      console.log('done')
    `)
    expect(result).toEqual({ code: 0, stdout: 'done\n', stderr: '' })
  })

  it('an exchange after the application has used fetch itself changes nothing either', async () => {
    const result = await run(`${exchange}
      await post()
      await connect()
      await post()
      server.close()
      console.log('done')
    `)
    expect(result).toEqual({ code: 0, stdout: 'done\n', stderr: '' })
  })

  it("does not displace the dispatcher that Node's fetch uses, nor one the application sets afterwards", async () => {
    const result = await run(`${exchange}
      const key = Symbol.for('undici.globalDispatcher.1')
      await post()
      const nodes = globalThis[key]
      await connect()
      if (globalThis[key] !== nodes) throw new Error('the global dispatcher was replaced')
      const { Agent, setGlobalDispatcher } = await import('undici')
      let used = 0
      class Counting extends Agent {
        dispatch(options, handler) {
          used++
          return super.dispatch(options, handler)
        }
      }
      const counting = new Counting()
      setGlobalDispatcher(counting)
      await connect()
      if (globalThis[key] !== counting) throw new Error('the application lost its dispatcher')
      if (used !== 2) throw new Error('the dispatcher saw ' + used + ' requests, not 2')
      server.close()
      console.log('done')
    `)
    expect(result).toEqual({ code: 0, stdout: 'done\n', stderr: '' })
  })

  it('connects without the package undici', async () => {
    const result = await run(`
      import { register } from 'node:module'
      register('data:text/javascript,' + encodeURIComponent(
        'export async function resolve(name, context, next) {' +
        '  if (name === "undici") throw new Error("no undici here");' +
        '  return next(name, context) }'
      ))
      ${exchange}
      await connect()
      server.close()
      server.closeAllConnections()
      console.log('done')
    `)
    expect(result).toMatchObject({ code: 0, stdout: 'done\n' })
  })

  it('ends by itself after an exchange and close(), with no handle left', async () => {
    const result = await run(`${exchange}
      const client = await connect()
      await client.close()
      server.close()
      server.closeAllConnections()
      const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout')
      console.log(JSON.stringify(timers))
    `)
    expect(result).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
  })

  it('ends by itself without close(), while the provider still holds the connection', async () => {
    // The provider lives here: its side of the connection would keep the child alive.
    const server = await startProviderServer(() => ({
      body: JSON.stringify({ access_token: 'at-1', id: 1 }),
    }))
    try {
      const result = await run(`
        import { createOAuthClient, memoryStore } from ${at('src/index.ts')}
        import { acmeAt, credentials } from ${at('test/support/acme.ts')}
        const client = createOAuthClient(acmeAt('${server.origin}'), { ...credentials, store: memoryStore() })
        const { state } = await client.authorize({ tenantId: 't1' })
        await client.callback('?code=c&state=' + state)
        const done = performance.now()
        process.on('exit', () => console.log(performance.now() - done < 2_000 ? 'soon' : 'late'))
      `)
      expect(result).toEqual({ code: 0, stdout: 'soon\n', stderr: '' })
      expect(server.requests.map(({ path }) => path)).toEqual(['/token', '/me'])
    } finally {
      await server.close()
    }
  })

  const refusing = `
    import Module, { register } from 'node:module'
    const heavy = '^(?:undici|zod|lmdb|keyv|msw)(?:/|$)|^@keyv/'
    register('data:text/javascript,' + encodeURIComponent(
      'const heavy = /' + heavy.replaceAll('/', '\\\\/') + '/;' +
      'export async function resolve(name, context, next) {' +
      '  if (heavy.test(name)) throw new Error("loaded " + name);' +
      '  return next(name, context) }'
    ))
    const load = Module._load
    Module._load = function (name, ...rest) {
      if (new RegExp(heavy).test(name)) throw new Error('required ' + name)
      return load.call(this, name, ...rest)
    }
  `

  it('importing the library prints nothing and loads none of the heavy packages', async () => {
    const result = await run(`${refusing}
      const before = Object.getOwnPropertySymbols(globalThis).length
      const { createOAuthClient, memoryStore } = await import(${at('src/index.ts')})
      const { slack } = await import(${at('providers/slack.ts')})
      const client = createOAuthClient(slack, {
        clientId: 'a', clientSecret: 'b', redirectUri: 'https://x.example/cb', secret: 's'.repeat(32), store: memoryStore(),
      })
      await client.authorize({ tenantId: 't1' })
      if (Object.getOwnPropertySymbols(globalThis).length !== before) throw new Error('a global symbol was added')
    `)
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it.each(['undici', 'zod', 'lmdb', 'keyv', 'msw'])('that hook would have caught %s', async (name) => {
    const imported = await run(`${refusing}\nawait import('${name}')`)
    expect(imported.stderr).toContain(`loaded ${name}`)
  })

  it('that hook would have caught a require', async () => {
    const required = await run(`${refusing}\nModule.createRequire(${at('src/index.ts')})('zod')`)
    expect(required.stderr).toContain('required zod')
  })
})
