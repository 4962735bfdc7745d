import { type ConnectionOptions, withClient } from '../open-client.ts'
import { print } from '../output.ts'

/** `latchkey token <id>`: an access token that lives, and nothing else, on stdout. */
export async function token(
  name: string,
  options: ConnectionOptions & { readonly token?: string },
): Promise<void> {
  const { token } = options
  print(await withClient(name, options, (client, ref) => client.getAccessToken(ref, { token })))
}
