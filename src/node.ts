/**
 * The handler in `node:http` and the frameworks on top of it.
 *
 * @module latchkey/node
 */
export { type NodeListener, type NodeRequest, type NodeResponse, toNodeListener } from './node/listener.ts'
