import { describe, expect, it } from 'vitest'
import { createOAuthClient } from '../../../src/create-client.ts'
import { isOAuthError } from '../../../src/errors/oauth-error.ts'
import { createLeakSearch } from './leak-search.ts'
import { definitionAt, known } from './provider.ts'
import { ref, stage } from './scene.ts'

const { scene, origin } = stage()

describe('what is made before the callback', () => {
  it('the URL and the state hold neither the verifier nor a secret', async () => {
    const { client, secrets } = scene({})
    const { url, state } = await client.authorize({ ...ref, binding: 'a binding of the browser' })
    await client.callback(new URLSearchParams({ code: known.code, state }), {
      binding: 'a binding of the browser',
    })
    expect(secrets.verifier).toMatch(/^[\w-]{43}$/)
    expect(createLeakSearch({ ...secrets, binding: 'a binding of the browser' }).inText('url', url)).toEqual(
      [],
    )
  })

  it('a client that cannot be made, and one that is printed', () => {
    const search = createLeakSearch(known)
    const options = { clientId: 'client-1', clientSecret: known.clientSecret, redirectUri: 'nowhere' }
    const make = () =>
      createOAuthClient(definitionAt(origin(), {}), { ...options, secret: known.sealingSecret })
    let error: unknown
    try {
      make()
    } catch (thrown) {
      error = thrown
    }
    expect(isOAuthError(error) && error.code).toBe('config_invalid')
    expect(search.inValue('error', error)).toEqual([])
    expect(search.inValue('client', scene({}).client)).toEqual([])
  })
})
