type NodeCrypto = typeof import('node:crypto')
let loaded: NodeCrypto | undefined

/**
 * `node:crypto` for what is loaded at import: loading it takes longer than all of latchkey does, and a process that makes
 * no connection never needs it (DESIGN §10). Synchronous, because sealing is.
 */
export function nodeCrypto(): NodeCrypto {
  loaded ??= process.getBuiltinModule('node:crypto')
  return loaded
}
