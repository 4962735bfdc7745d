// Importing every entry point (the arguments) opens nothing, and changes nothing that is shared.
import assert from 'node:assert/strict'

const shared = () => ({
  globals: Object.entries(Object.getOwnPropertyDescriptors(globalThis)).flatMap(([name, property]) => [
    name,
    property.value,
    property.get,
  ]),
  symbols: Object.getOwnPropertySymbols(globalThis),
  prototypes: [Object, Function, Array, Promise, Error, Map, URL].flatMap((type) =>
    Reflect.ownKeys(type.prototype),
  ),
  listeners: process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`),
  environment: Object.entries(process.env).flat(),
})

const before = shared()
for (const specifier of process.argv.slice(2)) await import(specifier)
const after = shared()
// Names alone are told: values may be anything, and the environment is nobody's business.
const changed = Object.keys(before).filter(
  (kind) =>
    before[kind].length !== after[kind].length ||
    before[kind].some((value, index) => !Object.is(value, after[kind][index])),
)
assert.deepEqual(changed, [], 'what importing has changed')
const open = process
  .getActiveResourcesInfo()
  .filter((kind) => !/^(?:TTYWrap|PipeWrap|FSReqPromise|CloseReq)$/.test(kind))
assert.deepEqual(open, [], 'what importing has left open')
