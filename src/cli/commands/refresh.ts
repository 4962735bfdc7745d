import { describeConnection } from '../describe-connection.ts'
import { type ConnectionOptions, withClient } from '../open-client.ts'
import { plain, print, printJson, say } from '../output.ts'

/** `latchkey refresh <id>`: new tokens now, whatever the expiry says. */
export async function refresh(
  name: string,
  options: ConnectionOptions & { readonly json?: boolean },
): Promise<void> {
  const connection = await withClient(name, options, async (client, ref) => {
    const refreshed = await client.refresh(ref)
    say(`${plain(client.provider.name)} is refreshed.`)
    return refreshed
  })
  if (options.json) printJson(connection)
  else for (const each of describeConnection(connection)) print(each)
}
