import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshdesk } from '../../providers/freshdesk.ts'
import { providers } from '../../providers/index.ts'
import { plaid } from '../../providers/plaid.ts'
import { shopify } from '../../providers/shopify.ts'
import { trelloOauth1 } from '../../providers/trello-oauth1.ts'
import { acmeAt } from '../support/acme.ts'
import { commandLimit, run, temporaryDirectory } from './command.ts'

const limit = { timeout: commandLimit }
/** For modules that import our sources. */
const tsx = ['--import', import.meta.resolve('tsx')]
const acme = acmeAt('https://acme.example')

/** A file in a directory of its own, and `latchkey check` on it. */
function check(name: string, text: string, node: readonly string[] = []) {
  const cwd = temporaryDirectory()
  writeFileSync(join(cwd, name), text)
  return run(['check', name], { cwd, node })
}
const json = (value: unknown) => check('own.json', JSON.stringify(value))

describe('latchkey check', () => {
  it('takes a good definition of each protocol through its life', limit, async () => {
    const { code, stdout, stderr } = await json([acme, shopify, trelloOauth1, plaid, freshdesk])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const [own = '', shop = '', oauth1 = '', link = '', key = ''] = stdout.split(/^(?=\S)/m)
    for (const step of ['schema', 'authorize', 'consent', 'callback', 'call', 'refresh', 'disconnect'])
      expect(own).toMatch(new RegExp(`^  ${step} +ok `, 'm'))
    expect(own).toContain('an ended access token was renewed')
    expect(shop).toContain('shop=acme-store')
    for (const section of [oauth1, link]) {
      expect(section).toMatch(/^ {2}callback +ok /m)
      expect(section).toMatch(/^ {2}refresh +none +there are no refresh tokens$/m)
    }
    expect(key).toMatch(/^ {2}connect +ok /m)
    expect(stdout).not.toMatch(/state=|code=/)
  })

  it('names every mistake by its path, and tries nothing then', limit, async () => {
    const mistakes = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`zzz${i}q`, { pattern: 'x' }]))
    const { authorization, ...rest } = acme
    const { code, stdout, stderr } = await json({
      ...rest,
      authorization: { ...authorization, pkse: 'required' },
      params: mistakes,
    })
    expect(code).toBe(1)
    expect(stdout).toContain('authorization.pkse: unknown key; did you mean "pkce"?')
    for (const name of Object.keys(mistakes)) expect(stdout).toContain(`params.${name}.description: missing`)
    expect(stdout).not.toContain('authorize')
    expect(stderr).toMatch(/^latchkey: own\.json failed$/m)
  })

  it('fails at the step that does not work', limit, async () => {
    // The simulator refreshes by the documented rules; a definition that says nothing expires is never renewed.
    const { api, ...rest } = acme
    const wrong = { ...rest, api: { ...api, notExpired: [{ status: 401 }] } }
    const { code, stdout } = await json(wrong)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ {2}call +ok /m)
    expect(stdout).toMatch(/^ {2}refresh +failed /m)
    expect(stdout).not.toMatch(/^ {2}disconnect/m)
  })

  it('finds the definitions that a module exports, each once', limit, async () => {
    const one = JSON.stringify(acme)
    const [module, commonjs] = await Promise.all([
      check(
        'own.mjs',
        `export const acme = ${one}\nexport default acme\nexport const other = { ...acme, id: 'other' }`,
      ),
      check('own.cjs', `module.exports = { acme: ${one}, limit: 3 }`),
    ])
    for (const { code, stderr } of [module, commonjs]) expect(code, stderr).toBe(0)
    expect(module.stdout.match(/^\S+$/gm)).toEqual(['acme', 'other'])
    expect(commonjs.stdout.match(/^\S+$/gm)).toEqual(['acme'])
  })

  it('reads TypeScript where Node does, and says what to do where it does not', limit, async () => {
    const text = `interface Any { id: string }\nexport const acme: Any = ${JSON.stringify(acme)}`
    const [bare, withLoader] = await Promise.all([check('own.ts', text), check('own.ts', text, tsx)])
    expect(withLoader).toMatchObject({ code: 0, stdout: expect.stringMatching(/^acme\n {2}schema +ok/) })
    if (Reflect.get(process.features, 'typescript'))
      // Each has a simulator of its own, at a port of its own.
      expect(bare.stdout.replace(/:\d+/g, '')).toBe(withLoader.stdout.replace(/:\d+/g, ''))
    else {
      expect(bare).toMatchObject({ code: 2, stdout: '' })
      expect(bare.stderr).toContain(`Node ${process.versions.node} does not read TypeScript`)
      expect(bare.stderr).toContain('Use Node 22.18 or newer, or: npx tsx')
    }
  })

  it('says what is wrong with the file itself', limit, async () => {
    const index = new URL('../../src/index.ts', import.meta.url).href
    const [broken, empty, strange, throwing, refused, missing] = await Promise.all([
      check('own.json', '{ "id": '),
      check('own.mjs', 'export const limit = 3'),
      check('own.yaml', 'id: acme'),
      check('own.mjs', 'throw new Error("no such thing")'),
      check(
        'own.mjs',
        `import { defineProvider } from '${index}'\nexport default defineProvider({ id: 'acme' })`,
        tsx,
      ),
      run(['check', 'nowhere.json']),
    ])
    for (const { code, stderr } of [broken, empty, strange, throwing, missing]) expect(code, stderr).toBe(2)
    expect(broken.stderr).toContain('own.json is not JSON')
    expect(empty.stderr).toContain('own.mjs exports no definition')
    expect(strange.stderr).toContain('neither JSON, JavaScript nor TypeScript')
    expect(throwing.stderr).toContain('Error: no such thing')
    expect(missing.stderr).toContain('there is no file nowhere.json')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('definition_invalid')
  })
})

describe('latchkey demo', () => {
  it('takes every built-in through its life and leaves nothing', { timeout: 300_000 }, async () => {
    const scratch = temporaryDirectory()
    const { code, stdout, stderr } = await run(['demo'], { env: { TMPDIR: scratch } })
    expect(code, stdout + stderr).toBe(0)
    const rows = stdout.trimEnd().split('\n').slice(1)
    expect(rows.map((row) => row.split(/ +/)[0])).toEqual(providers.map(({ id }) => id))
    for (const row of rows) expect(row).toMatch(/ok +ok +(?:ok|-) +ok$/)
    expect(rows.find((row) => row.startsWith('zoom'))).toMatch(/ok +ok +ok +ok$/)
    expect(stderr).toContain(`${providers.length} of ${providers.length} definitions`)
    expect(readdirSync(scratch).filter((name) => name.startsWith('latchkey'))).toEqual([])
  })
})
