import { type ConnectionRef, isOAuthError, type OAuthClient } from '../../index.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { type ConnectionOptions, withClient } from '../open-client.ts'
import { plain, say } from '../output.ts'

/** `latchkey disconnect <id>`: ends the grant at the provider where it can, and forgets the connection either way. */
export async function disconnect(
  name: string,
  options: ConnectionOptions & { readonly revoke: boolean },
): Promise<void> {
  await withClient(name, options, async (client, ref) => {
    const { name: words, revocation } = client.provider
    if (!(await isThere(client, ref)))
      throw new CommandFailure(`${words} is not connected for the tenant "${ref.tenantId}"`, {
        exitCode: exitCodes.connectFirst,
        hint: '`npx latchkey list` shows what there is; --tenant and --connection say which one is meant.',
      })
    const { revoked, error, alsoEnded = [] } = await client.disconnect(ref, { revoke: options.revoke })
    say(`${plain(words)} is disconnected for ${ref.tenantId}: ${outcome()}.`)
    if (alsoEnded.length > 0)
      say(
        `Its grant was shared, so these ended, too: ${alsoEnded.map(({ provider }) => provider).join(', ')}`,
      )
    if (error)
      throw new CommandFailure(error.message, {
        exitCode: exitCodes.failed,
        hint: `The connection is forgotten here, and the grant may still live: remove the app in the settings of ${words}.`,
      })

    function outcome(): string {
      if (revoked) return 'the provider has ended the grant'
      if (error) return 'its tokens are forgotten, but the provider did not end the grant'
      if (!options.revoke) return 'its tokens are forgotten, and the grant at the provider stays'
      if (!revocation)
        return `its tokens are forgotten; ${plain(words)} has no way to end the grant from here`
      return 'there was no grant left to end'
    }
  })
}

/** A record that cannot be read is there, too: disconnecting is how to get rid of it. */
async function isThere(client: OAuthClient, ref: ConnectionRef): Promise<boolean> {
  try {
    return (await client.getConnection(ref)) !== undefined
  } catch (error) {
    if (isOAuthError(error) && error.code === 'record_unreadable') return true
    throw error
  }
}
