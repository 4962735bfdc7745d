import { headers } from 'next/headers'
import { readUser } from '../../shared/session.ts'
import { integrations } from '../integrations.ts'

/** A settings page, rendered on the server: connections carry no secret, so that they can go anywhere. */
export default async function Page() {
  const user = readUser((await headers()).get('cookie'))
  if (!user)
    return (
      <p>
        <a href="/login">Sign in</a> first.
      </p>
    )
  const { clients } = await integrations()
  const rows = await Promise.all(
    Object.values(clients).map(async ({ provider, getConnection }) => ({
      provider,
      connection: await getConnection({ tenantId: user.tenantId }),
    })),
  )
  return (
    <ul>
      {rows.map(({ provider: { id, name }, connection }) => (
        <li key={id}>
          {name}: {connection ? (connection.account?.name ?? connection.status) : 'not connected'}{' '}
          <form action={`/oauth/${id}/connect`} style={{ display: 'inline' }}>
            {id === 'shopify' && <input name="shop" placeholder="acme-store" required />}
            <button type="submit">{connection ? 'Reconnect' : 'Connect'}</button>
          </form>
        </li>
      ))}
    </ul>
  )
}
