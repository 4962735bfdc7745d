import { env } from 'cloudflare:workers'
import { createApp } from '../app.ts'
import { workerFlows } from '../flows/index.ts'
import { parseSetup } from '../setup.ts'

// Where the module is loaded, as an application would: its clients serve all requests.
const app = createApp(parseSetup(env.LATCHKEY_RUNTIME_TEST ?? ''), workerFlows)

export default { fetch: (request: Request) => app.serve(request) }
