/** `latchkey/node`: the handler in `node:http` and the frameworks on top of it. */
export { type NodeListener, type NodeRequest, type NodeResponse, toNodeListener } from './node/listener.ts'
