import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { type Acme, json, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

const day = 86_400
const start = Date.UTC(2026, 10, 21, 12)
const daysOn = (days: number) => new Date(start + days * day * 1000)
type Lifetime = Exclude<OAuth2Definition['refresh'], false>['lifetime']

/** The ends at the connect and after a refresh ten days later. */
async function ends(lifetime: Lifetime, connect: object = {}, refresh: object = {}) {
  const answer = { access_token: 'at', expires_in: 3600 }
  acme.endpoints['/token'] = () => json({ ...answer, refresh_token: 'rt-1', ...connect })
  const { client, connection } = await acme.connected(
    {},
    { refresh: { rotates: 'sometimes', ...(lifetime && { lifetime }) } },
  )
  acme.pass(10 * day * 1000)
  acme.endpoints['/token'] = () => json({ ...answer, ...refresh })
  const renewed = await client.refresh(acme.ref)
  return [connection.refreshTokenExpiresAt, renewed.refreshTokenExpiresAt]
}

describe('when a refresh token ends', () => {
  it('by disuse: every refresh puts it off, with a new token or without', async () => {
    const lifetime = { idle: 60 * day }
    expect(await ends(lifetime)).toEqual([daysOn(60), daysOn(70)])
    expect(await ends(lifetime, {}, { refresh_token: 'rt-2' })).toEqual([daysOn(60 + 10), daysOn(80)])
  })

  it('by age: no refresh moves it', async () => {
    expect(await ends({ absolute: 365 * day }, {}, { refresh_token: 'rt-2' })).toEqual([
      daysOn(365),
      daysOn(365),
    ])
  })

  it('by whichever comes first', async () => {
    const lifetime = { idle: 90 * day, absolute: 95 * day }
    expect(await ends(lifetime, {}, { refresh_token: 'rt-2' })).toEqual([daysOn(90), daysOn(95)])
  })

  it('as the provider says, where it does', async () => {
    const stated = { refresh_token_expires_in: 5 * day }
    expect(await ends({ idle: 60 * day }, stated, { refresh_token: 'rt-2', ...stated })).toEqual([
      daysOn(5),
      daysOn(15),
    ])
  })

  it('as it was said once, where the same token goes on without a word', async () => {
    // google: seven days while an app is in testing, six months of disuse otherwise.
    expect(await ends({ idle: 180 * day }, { refresh_token_expires_in: 12 * day })).toEqual([
      daysOn(12),
      daysOn(12),
    ])
  })

  it('never, as far as anybody knows', async () => {
    expect(await ends(undefined)).toEqual([undefined, undefined])
  })
})
