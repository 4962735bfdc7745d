import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { z } from 'zod'

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))
const fixture = z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown() })
export type Fixture = z.infer<typeof fixture>

/** What a provider documents that it answers, so that a flow gets to its end now and then. */
const documented: readonly Fixture[] = readdirSync(fixtures).flatMap((id) =>
  ['token', 'refresh', 'identity', 'discovery', 'refresh-error']
    .map((name) => `${fixtures}${id}/${name}.json`)
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const read = fixture.safeParse(JSON.parse(readFileSync(file, 'utf8')))
      return read.success ? [read.data] : []
    }),
)
export const plain: Fixture = {
  status: 200,
  headers: {},
  body: {
    ...{
      access_token: 'at-1',
      refresh_token: 'rt-1',
      expires_in: 3_600,
      token_type: 'bearer',
      id: 7,
      ok: true,
    },
    ...{ oauth_token: 'ot-1', oauth_token_secret: 'os-1', oauth_callback_confirmed: 'true', scope: 'a b' },
    ...{ link_token: 'lt-1', hosted_link_url: 'https://secure.plaid.com/hl/x', public_token: 'pt-1' },
  },
}

const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'x',
    'https://evil.example',
    '/..',
    '\u0000',
    '\u20ac',
    '\ud800',
    'a\r\nb',
    '\u{1f600}',
  ),
  fc.constantFrom(
    '{accessToken}',
    '{wildtext0}',
    '__proto__',
    '../..',
    'a.example',
    'x'.repeat(2_000),
    '%',
    '-',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const token = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>('at-2', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwiZXhwIjoxfQ.x', 'a.b.c'),
  },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 0, {}, [], true) },
)
const tokenBody = fc.record(
  {
    access_token: token,
    refresh_token: token,
    id_token: token,
    expires_in: fc.constantFrom<unknown>(3_600, 0, -1, '3600', 1e300, null, 'soon', {}),
    scope: fc.constantFrom<unknown>('a b', '', ['a'], [1, null], {}, null, 7),
    token_type: fc.constantFrom<unknown>('Bearer', null, {}, '\u0000'),
    error: fc.constantFrom<unknown>(undefined, null, 'invalid_grant', {}, [], 0, { code: 190 }),
    wildurl0: text,
    wildhost0: text,
    wildtext0: text,
  },
  { requiredKeys: ['access_token'] },
)
const body: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: tokenBody },
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      '<!doctype html><title>Down</title>',
      '',
      'ok',
      'a=b&c=d',
      '{',
      '[]',
      'null',
      '\ufeff{}',
    ),
  },
)
const status = fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503)
const strangeAnswer: fc.Arbitrary<Fixture> = fc.record({
  status,
  headers: fc.dictionary(
    fc.constantFrom('retry-after', 'location', 'content-type', 'x-ratelimit-reset', 'x-ratelimit-remaining'),
    // Nothing that is waited for: the waits have tests of their own.
    fc.constantFrom(
      '6000',
      'nonsense',
      '-1',
      'Wed, 21 Oct 2015 07:28:00 GMT',
      'https://a.example/x',
      'text/html',
      '%',
    ),
  ),
  body,
})
const answer = fc.oneof(
  { weight: 3, arbitrary: fc.constant(plain) },
  { weight: 4, arbitrary: fc.constantFrom(...documented) },
  { weight: 4, arbitrary: strangeAnswer },
  { weight: 1, arbitrary: fc.constant<'reset'>('reset') },
)

/** The first answers are good more often than not, or no flow would come to its end. */
export const answers = fc
  .tuple(
    fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(plain) }, answer), { maxLength: 3 }),
    fc.array(answer, { minLength: 1, maxLength: 8 }),
  )
  .map(([first, rest]) => [...first, ...rest])

export const strings = fc.dictionary(
  fc.constantFrom(...['url', 'host', 'text'].flatMap((format) => [`wild${format}0`, `wild${format}1`])),
  text,
)
export const query = fc.oneof(
  { weight: 8, arbitrary: strings },
  { weight: 1, arbitrary: fc.record({ error: text, error_description: text, iss: text }) },
)
