import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signatureBaseString, signOAuth1 } from '../../src/protocols/oauth1-signature.ts'
import { baseString, isSigned, percentEncode, readHeader } from './oauth1-verifier.ts'

const signatureIn = (header: string) => readHeader(header).get('oauth_signature')

describe('the flow of RFC 5849 §1.2', () => {
  const consumer = { consumerKey: 'dpf43f3p2l4k3l03', consumerSecret: 'kd94hf93k423kf44' }
  const temporary = { ...consumer, token: 'hh5s93j4hdidpola', tokenSecret: 'hdhd0244k9j7ao03' }
  const granted = { ...consumer, token: 'nnch734d00sl2jdk', tokenSecret: 'pfkkdhi9sl3r4s00' }

  it('asks for temporary credentials', () => {
    const header = signOAuth1({ method: 'POST', url: 'https://photos.example.net/initiate' }, consumer, {
      now: 137131200_000,
      nonce: 'wIjqoS',
      more: { oauth_callback: 'http://printer.example.com/ready' },
      version: false,
    })
    expect(Object.fromEntries(readHeader(header))).toEqual({
      oauth_consumer_key: 'dpf43f3p2l4k3l03',
      oauth_signature_method: 'HMAC-SHA1',
      oauth_timestamp: '137131200',
      oauth_nonce: 'wIjqoS',
      oauth_callback: 'http://printer.example.com/ready',
      oauth_signature: '74KNZJeDHnMBp0EMJ9ZHt/XKycU=',
    })
    expect(header).toContain('oauth_callback="http%3A%2F%2Fprinter.example.com%2Fready"')
    expect(header).toContain('oauth_signature="74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D"')
  })

  it('asks for token credentials', () => {
    const header = signOAuth1({ method: 'POST', url: 'https://photos.example.net/token' }, temporary, {
      now: 137131201_000,
      nonce: 'walatlh',
      more: { oauth_verifier: 'hfdp7dh39dks9884' },
      version: false,
    })
    expect(signatureIn(header)).toBe('gKgrFCywp7rO0OXSjdot/IHF7IU=')
  })

  it('asks for a photo', () => {
    const url = 'http://photos.example.net/photos?file=vacation.jpg&size=original'
    const options = { now: 137131202_000, nonce: 'chapoH', version: false }
    expect(signatureIn(signOAuth1({ method: 'GET', url }, granted, options))).toBe(
      'MdpQcU8iPSUjWoN/UDMsK2sui9I=',
    )
  })

  it('comes out under the verifier of these tests too, the realm left out', () => {
    const request = {
      method: 'POST',
      url: 'https://photos.example.net/token',
      authorization:
        'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="hh5s93j4hdidpola", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="walatlh", oauth_verifier="hfdp7dh39dks9884", oauth_signature="gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D"',
    }
    const secrets = { consumer: 'kd94hf93k423kf44', token: 'hdhd0244k9j7ao03' }
    expect(isSigned(request, secrets)).toBe(true)
    expect(isSigned({ ...request, method: 'GET' }, secrets)).toBe(false)
  })
})

describe('the base string of RFC 5849 §3.4.1', () => {
  const oauth = [
    ['oauth_consumer_key', '9djdj82h48djs9d2'],
    ['oauth_token', 'kkk9d7dh3k39sjv7'],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', '137131201'],
    ['oauth_nonce', '7d8f3e4a'],
  ] as const
  const request = {
    method: 'POST',
    url: 'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
    form: new URLSearchParams('c2&a3=2+q'),
  }
  // §3.4.1.3.2, the last list of the section.
  const normalized =
    'a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_consumer_key=9djdj82h48djs9d2&oauth_nonce=7d8f3e4a&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131201&oauth_token=kkk9d7dh3k39sjv7'

  it('is that of §3.4.1.1, and of the verifier', () => {
    const expected =
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7'
    expect(signatureBaseString(request, oauth)).toBe(expected)
    const authorization = `OAuth ${oauth.map(([name, value]) => `${name}="${value}"`).join(', ')}`
    expect(baseString({ ...request, authorization, form: 'c2&a3=2+q' })).toBe(expected)
  })

  it('holds the parameters as §3.4.1.3.2 puts them in order', () => {
    const [, , parameters = ''] = signatureBaseString(request, oauth).split('&')
    expect(decodeURIComponent(parameters)).toBe(normalized)
  })

  it.each([
    ['HTTP://EXAMPLE.COM:80/r%20v/X?id=123', 'http://example.com/r%20v/X'],
    ['https://www.example.net:8080/?q=1', 'https://www.example.net:8080/'],
    ['https://example.com:443/a', 'https://example.com/a'],
    ['https://example.com', 'https://example.com/'],
  ])('takes %s for %s (§3.4.1.2)', (url, address) => {
    const [, second = ''] = signatureBaseString({ method: 'get', url }, []).split('&')
    expect(decodeURIComponent(second)).toBe(address)
  })
})

it("is the worked example of Twitter's page “Creating a signature”", () => {
  const request = {
    method: 'post',
    url: 'https://api.twitter.com/1.1/statuses/update.json?include_entities=true',
    form: [['status', 'Hello Ladies + Gentlemen, a signed OAuth request!']] as const,
  }
  const credentials = {
    consumerKey: 'xvz1evFS4wEEPTGEFPHBog',
    consumerSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
    token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
    tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
  }
  const nonce = 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg'
  const header = signOAuth1(request, credentials, { now: 1318622958_000, nonce })
  expect(signatureIn(header)).toBe('hCtSmYh+iHYCEqBWrE7C7hYmtUk=')
  expect(readHeader(header).get('oauth_version')).toBe('1.0')
})

it('signs each request with a nonce of its own', () => {
  const sign = () =>
    signOAuth1(
      { method: 'GET', url: 'https://a.example/' },
      { consumerKey: 'k', consumerSecret: 's' },
      { now: 0 },
    )
  const nonces = Array.from({ length: 50 }, () => readHeader(sign()).get('oauth_nonce'))
  expect(new Set(nonces).size).toBe(50)
})

// §3.6 asks for UTF-8 of text only; a server that decodes to bytes must find the same ones.
it('signs bytes of a query that are no UTF-8 as they are', () => {
  const [, , parameters] = signatureBaseString(
    { method: 'GET', url: 'https://a.example/?b=%ff%c3(' },
    [],
  ).split('&')
  expect(parameters).toBe('b%3D%25FF%25C3%2528')
})

describe('any request', () => {
  const odd = fc.constantFrom(...' +%&=~!*\'();/?#"é€😀\u0000\n', '%2B', '%zz', '\ud800', '\udc00')
  const text = fc.string({
    unit: fc.oneof(fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }), odd),
    maxLength: 12,
  })
  /** One piece of a query as somebody may have written it: each way of encoding, or none. */
  const piece = fc.tuple(text, fc.nat(3)).map(([each, way]) => {
    const bytes = Buffer.from(each)
    if (way === 0) return percentEncode(bytes)
    if (way === 1) return new URLSearchParams([['', each]]).toString().slice(1)
    return way === 2 ? percentEncode(bytes).toLowerCase() : each.replace(/[#]/g, '')
  })
  const raw = fc.constantFrom('%FF', '%c3%28', '%', '%4', '&', '=', '')
  const query = fc
    .array(
      fc.oneof(
        fc.tuple(piece, piece).map(([name, value]) => `${name}=${value}`),
        piece,
        raw,
      ),
      { maxLength: 6 },
    )
    .map((pieces) => [...pieces, ...pieces.slice(0, 1)].join('&'))
  const url = fc
    .tuple(
      fc.constantFrom('http', 'https'),
      fc.constantFrom(
        'example.com',
        'EXAMPLE.com:80',
        'example.com:443',
        'a.example:8443',
        'bücher.example',
        '127.0.0.1',
      ),
      fc.array(piece, { maxLength: 3 }),
      fc.option(query, { nil: undefined }),
    )
    .map(([scheme, host, path, search]) => {
      const whole = `${scheme}://${host}/${path.join('/')}${search === undefined ? '' : `?${search}`}`
      return URL.canParse(whole) ? new URL(whole).href : `${scheme}://${host}/`
    })
    .map((whole) => new URL(whole).href)
  const form = fc.array(fc.tuple(text, text), { maxLength: 4 })
  const maybe = fc.option(text, { nil: undefined })
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'delete'),
    url,
    form,
    credentials: fc.record({ consumerKey: text, consumerSecret: text, token: maybe, tokenSecret: maybe }),
    now: fc.nat(4_000_000_000_000),
    more: fc.constantFrom<Record<string, string>>(
      {},
      { oauth_verifier: 'v/+=' },
      { oauth_callback: 'https://a.example/cb?x=1&y=%20' },
    ),
  })
  type Request = typeof request extends fc.Arbitrary<infer T> ? T : never

  function signed({ method, url, form, credentials, now, more }: Request) {
    const authorization = signOAuth1({ method, url, form }, credentials, { now, more })
    const body = new URLSearchParams(form.map(([name, value]): [string, string] => [name, value])).toString()
    const { consumerSecret, tokenSecret } = credentials
    return {
      sent: { method, url, authorization, form: body },
      secrets: { consumer: consumerSecret, ...(tokenSecret !== undefined && { token: tokenSecret }) },
    }
  }

  it('is signed so that a server agrees', () => {
    fc.assert(
      fc.property(request, (each) => {
        const { sent, secrets } = signed(each)
        expect(isSigned(sent, secrets)).toBe(true)
        expect(sent.authorization).toMatch(/^[\x20-\x7e]+$/)
      }),
      { numRuns: 1000 },
    )
  })

  it('is refused as soon as one part of it is another', () => {
    const parts = [
      'method',
      'scheme',
      'host',
      'path',
      'query',
      'form',
      'parameter',
      'consumer',
      'token',
    ] as const
    fc.assert(
      fc.property(request, fc.constantFrom(...parts), fc.nat(), (each, part, which) => {
        const { sent, secrets } = signed(each)
        expect(isSigned(...altered(sent, secrets, part, which))).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  type Signed = ReturnType<typeof signed>
  function altered(
    sent: Signed['sent'],
    secrets: Signed['secrets'],
    part: string,
    which: number,
  ): [Signed['sent'], { consumer: string; token?: string }] {
    const [, scheme = '', host = '', path = '', rest = ''] =
      /^(https?):\/\/([^/]+)([^?]*)(.*)$/.exec(sent.url) ?? []
    const at = (next: Partial<Record<'scheme' | 'host' | 'path' | 'rest', string>>) => {
      const whole = { scheme, host, path, rest, ...next }
      return { ...sent, url: `${whole.scheme}://${whole.host}${whole.path}${whole.rest}` }
    }
    if (part === 'method') return [{ ...sent, method: sent.method === 'GET' ? 'POST' : 'GET' }, secrets]
    if (part === 'scheme') return [at({ scheme: scheme === 'http' ? 'https' : 'http' }), secrets]
    if (part === 'host') return [at({ host: `x${host}` }), secrets]
    if (part === 'path') return [at({ path: `${path}x` }), secrets]
    if (part === 'query') return [at({ rest: rest ? `${rest}&x=` : '?x=' }), secrets]
    if (part === 'form') return [{ ...sent, form: `${sent.form}&x` }, secrets]
    if (part === 'consumer') return [sent, { ...secrets, consumer: `${secrets.consumer}x` }]
    if (part === 'token') return [sent, { ...secrets, token: `${secrets.token ?? ''}x` }]
    const parameters = [...readHeader(sent.authorization)].filter(([name]) => name !== 'oauth_signature')
    const [name = ''] = parameters[which % parameters.length] ?? []
    return [{ ...sent, authorization: sent.authorization.replace(`${name}="`, `${name}="x`) }, secrets]
  }
})
