import fc from 'fast-check'
import { z } from 'zod'
import * as index from '../../providers/index.ts'
import { defineProvider } from '../../src/provider/define.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { createProviderSchema } from '../../src/provider/schema.ts'
import { type Json, odd, parts, paths, patterns, templates, urls, wild, words } from './strange-values.ts'

const json: z.ZodType<Json> = z.json()
const schema = createProviderSchema(z)

const builtIns = index.providers.map((each) => json.parse(JSON.parse(JSON.stringify(each))))

const scalar: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...templates, ...urls) },
  { weight: 3, arbitrary: fc.constantFrom(...paths, ...patterns) },
  { weight: 3, arbitrary: fc.constantFrom(...odd) },
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Json>(true, false, null, 0, 1, -1, 1.5, 128, 200, 401, 3_600, 2 ** 53 - 1),
  },
)

interface Change {
  /** Which of the definition's places, of all in order. */
  readonly place: number
  readonly kind: 'replace' | 'wrap' | 'delete' | 'graft' | 'rename' | 'part'
  readonly value: Json
  /** For a graft: what is taken over from which built-in. */
  readonly donor: number
  readonly part: number
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(2_000),
  kind: fc.constantFrom(
    ...([
      'part',
      'part',
      'part',
      'part',
      'replace',
      'replace',
      'replace',
      'graft',
      'delete',
      'wrap',
      'rename',
    ] as const),
  ),
  value: scalar,
  donor: fc.nat(builtIns.length - 1),
  part: fc.nat(2_000),
})

/** A built-in after some changes, each of which the schema and `defineProvider` let pass. */
export const strangeDefinition: fc.Arbitrary<ProviderDefinition> = fc
  .record({
    base: fc.nat(builtIns.length - 1),
    wild: fc.subarray(wild, { minLength: 4 }),
    capture: fc.boolean(),
    changes: fc.array(change, { maxLength: 14, size: 'max' }),
  })
  .map(({ base, wild: added, capture, changes }) => {
    let best = accepted(builtIns[base] ?? null)
    if (!best) throw new Error('a built-in is not accepted')
    const attempt = (data: Json) => {
      best = accepted(data) ?? best
    }
    attempt(withWild(copy(best), added, capture))
    for (const each of changes) attempt(changed(copy(best), each))
    return best
  })

function copy(definition: ProviderDefinition): Json {
  return json.parse(JSON.parse(JSON.stringify(definition)))
}

function accepted(data: Json): ProviderDefinition | undefined {
  // The schema first: a refusal in words costs more than all the rest.
  if (!schema.safeParse(data).success) return undefined
  try {
    return defineProvider(data)
  } catch {
    return undefined
  }
}

function withWild(data: Json, added: typeof wild, capture: boolean): Json {
  if (!isObject(data)) return data
  const params = isObject(data.params) ? data.params : {}
  for (const { name, param } of added) params[name] = param
  data.params = params
  if (!capture) return data
  for (const place of ['callback', 'tokenResponse']) {
    if (place === 'callback' && data.protocol !== 'oauth2') continue
    const part = isObject(data[place]) ? data[place] : {}
    const captures = isObject(part.capture) ? part.capture : {}
    for (const { name } of added)
      captures[name] = place === 'callback' ? { parameter: name } : [name, 'access_token']
    part.capture = captures
    data[place] = part
  }
  return data
}

/** What no code reads but the documentation. */
const proseKeys = ['docs', 'setup', 'quirks', 'aliases', 'description', 'checked', 'category']

/** Every place of a value: the object or list that holds it and its key there. */
function places(value: Json, found: [Json[] | { [key: string]: Json }, string][] = []): typeof found {
  if (typeof value !== 'object' || value === null) return found
  for (const [key, inner] of Object.entries(value)) {
    if (proseKeys.includes(key)) continue
    found.push([value, key])
    places(inner, found)
  }
  return found
}

function changed(data: Json, { place, kind, value, donor, part }: Change): Json {
  if (kind === 'part') {
    const [path = '', inner = null] = parts[place % parts.length] ?? []
    setAt(data, path.split('.'), inner)
    return data
  }
  const all = places(data)
  const at = all[place % all.length]
  if (!at) return data
  const [holder, key] = at
  if (kind === 'graft') {
    const other = builtIns[donor] ?? null
    const theirs = places(other)
    // A part of another definition at its own place, or at this one.
    const from = theirs[part % theirs.length]
    if (!from) return data
    const inner = json.parse(Reflect.get(from[0], from[1]))
    if (place % 2 === 0) Reflect.set(holder, key, inner)
    else graftAtOwnPlace(data, other, from)
  } else if (kind === 'delete') Reflect.deleteProperty(holder, key)
  else if (kind === 'wrap') Reflect.set(holder, key, [Reflect.get(holder, key), value])
  else if (kind === 'rename' && !Array.isArray(holder) && typeof value === 'string')
    Object.defineProperty(holder, value, { value, enumerable: true, configurable: true, writable: true })
  else Reflect.set(holder, key, value)
  // A hole in a list is no JSON.
  return json.parse(JSON.parse(JSON.stringify(data)))
}

function graftAtOwnPlace(data: Json, other: Json, [holder, key]: [object, string]): void {
  const path = pathTo(other, holder)
  let at: Json = data
  for (const step of path ?? []) {
    if (!isObject(at)) return
    const next: Json | undefined = at[step]
    if (!isObject(next)) {
      at[step] = json.parse(pathValue(other, [...(path ?? []).slice(0, (path ?? []).indexOf(step) + 1)]))
      return
    }
    at = next
  }
  if (isObject(at)) at[key] = json.parse(Reflect.get(holder, key))
}

function setAt(data: Json, [key = '', ...rest]: readonly string[], value: Json): void {
  if (!isObject(data)) return
  if (rest.length === 0) data[key] = value
  else {
    if (!isObject(data[key])) data[key] = {}
    setAt(data[key] ?? null, rest, value)
  }
}

function pathTo(root: Json, target: object, path: readonly string[] = []): readonly string[] | undefined {
  if (root === target) return path
  if (typeof root !== 'object' || root === null) return undefined
  for (const [key, inner] of Object.entries(root)) {
    const found = pathTo(inner, target, [...path, key])
    if (found) return found
  }
  return undefined
}

function pathValue(root: Json, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, step) => Reflect.get(Object(at), step), root)
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
