import type { AuthorizeResult } from '../client-types.ts'
import { type ClientContext, speaks } from '../context.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import type { Params } from '../provider/params.ts'
import type { ConnectionTokens } from '../types.ts'
import type { Flow, FlowDraft } from './flow.ts'
import { oauth1 } from './oauth1.ts'
import { oauth2 } from './oauth2.ts'
import { plaidLink } from './plaid-link.ts'
import type { FlowProtocol, Granted, Judged } from './protocol.ts'

type Existing = () => Promise<ConnectionTokens | undefined>

/** A protocol with its client. */
interface BoundProtocol {
  begin(flow: FlowDraft, existing: Existing): Promise<AuthorizeResult>
  judge(query: URLSearchParams, flow: Flow): Promise<Judged>
  exchange(query: URLSearchParams, flow: Flow, params: Params, existing: Existing): Promise<Granted>
}

/** The protocol that this provider speaks. Throws `config_invalid` where users are not sent anywhere (`api-key`). */
export function protocolOf(context: ClientContext): BoundProtocol {
  if (speaks(context, 'oauth2')) return bind(oauth2, context)
  if (speaks(context, 'oauth1')) return bind(oauth1, context)
  if (speaks(context, 'plaid-link')) return bind(plaidLink, context)
  throw context.fail({
    code: 'config_invalid',
    detail: 'this provider takes a key that the user copies: call connect({ credentials })',
  })
}

function bind<P extends ProviderDefinition>(
  protocol: FlowProtocol<P>,
  context: ClientContext<P>,
): BoundProtocol {
  return {
    begin: (flow, existing) => protocol.begin(context, flow, existing),
    judge: (query, flow) => protocol.judge(context, query, flow),
    exchange: (query, flow, params, existing) => protocol.exchange(context, query, flow, params, existing),
  }
}
