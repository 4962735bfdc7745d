import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { atlassian } from '../../providers/families/atlassian.ts'
import { google } from '../../providers/families/google.ts'
import { microsoft } from '../../providers/families/microsoft.ts'
import { zoho } from '../../providers/families/zoho.ts'
import { findProvider } from '../../providers/index.ts'

const folder = fileURLToPath(new URL('../../providers/', import.meta.url))
const families: Readonly<Record<string, object>> = { atlassian, google, microsoft, zoho }

/** What a member leaves out on purpose, as `<id> <path>`, each with why. */
const exceptions: Readonly<Record<string, string>> = {}

/**
 * The keys of a family that a member lost: a spread is shallow, and `scopes: { default: [] }` beside a base with
 * `scopes.always` would drop it without a word. Another value at the same key is the member's own decision.
 */
function lost(base: unknown, member: unknown, path = ''): string[] {
  if (typeof base !== 'object' || base === null) return []
  if (Array.isArray(base)) {
    const own: readonly unknown[] = Array.isArray(member) ? member : []
    const words = own.map((each) => JSON.stringify(each))
    return base.flatMap((each, i) => (words.includes(JSON.stringify(each)) ? [] : [`${path}.${i}`]))
  }
  return Object.entries(base).flatMap(([key, inner]) => {
    const here = path ? `${path}.${key}` : key
    if (typeof member !== 'object' || member === null || !Object.hasOwn(member, key)) return [here]
    return lost(inner, Reflect.get(member, key), here)
  })
}

function membersOf(family: string): readonly string[] {
  return readdirSync(folder)
    .filter(
      (file) =>
        file.endsWith('.ts') && readFileSync(folder + file, 'utf8').includes(`./families/${family}.ts`),
    )
    .map((file) => file.slice(0, -'.ts'.length))
}

describe('families', () => {
  it('are all known here', () => {
    expect(readdirSync(`${folder}families`).sort()).toEqual(
      Object.keys(families)
        .map((name) => `${name}.ts`)
        .sort(),
    )
  })

  it.each(Object.keys(families))('%s loses nothing in its members', (family) => {
    const members = membersOf(family)
    expect(members.length).toBeGreaterThan(1)
    const found = members.flatMap((id) =>
      lost(families[family], findProvider(id)).map((path) => `${id} ${path}`),
    )
    const expected = Object.keys(exceptions).filter((each) => members.includes(each.split(' ', 1)[0] ?? ''))
    expect(found.sort()).toEqual(expected.sort())
  })

  it('notice what a shallow spread would drop', () => {
    const base = { scopes: { always: ['offline'] }, dead: [{ values: ['x'] }], url: 'a' }
    expect(lost(base, { scopes: { default: [] }, dead: [{ values: ['y'] }], url: 'b' })).toEqual([
      'scopes.always',
      'dead.0',
    ])
    expect(lost(base, { ...base, url: 'b', more: 1 })).toEqual([])
    expect(lost(base, {})).toEqual(['scopes', 'dead', 'url'])
  })
})
