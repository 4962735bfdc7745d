import { createHmac } from 'node:crypto'

/**
 * A server's side of RFC 5849 §3.2, written from its text and sharing nothing with `src`: it works on the bytes of the
 * request as sent, with its own table for percent-encoding, and sorts by bytes.
 */
export interface SentRequest {
  readonly method: string
  /** As it stands on the wire. */
  readonly url: string
  readonly authorization: string
  /** The text of an `application/x-www-form-urlencoded` body. */
  readonly form?: string
}

export interface SharedSecrets {
  readonly consumer: string
  readonly token?: string
}

type Pair = readonly [name: Buffer, value: Buffer]

const unreserved = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'

/** §3.6: one entry a byte. */
const table = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  return unreserved.includes(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
})

export const percentEncode = (bytes: Uint8Array): string => [...bytes].map((byte) => table[byte]).join('')

/** `%` without two hex digits behind it stands for itself, as it does for those who parse forms. */
function percentDecode(text: string, plusIsSpace: boolean): Buffer {
  const bytes = Buffer.from(text)
  const decoded: number[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    const hex = bytes.toString('latin1', at + 1, at + 3)
    if (byte === 0x25 && /^[0-9A-Fa-f]{2}$/.test(hex)) {
      decoded.push(Number.parseInt(hex, 16))
      at += 2
    } else decoded.push(plusIsSpace && byte === 0x2b ? 0x20 : byte)
  }
  return Buffer.from(decoded)
}

function formPairs(text: string): Pair[] {
  return text
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => {
      const equals = piece.indexOf('=')
      const [name, value] = equals < 0 ? [piece, ''] : [piece.slice(0, equals), piece.slice(equals + 1)]
      return [percentDecode(name, true), percentDecode(value, true)]
    })
}

/** §3.5.1: the parameters of the header; anything else in it is no OAuth header. */
export function readHeader(authorization: string): Map<string, string> {
  const list = /^OAuth (.*)$/.exec(authorization)?.[1]
  if (list === undefined) throw new Error('not an OAuth header')
  const parameters = new Map<string, string>()
  for (const part of list.split(/,\s*/)) {
    const [, name, value] = /^([A-Za-z0-9_~.%-]+)="([A-Za-z0-9_~.%-]*)"$/.exec(part) ?? []
    if (name === undefined || value === undefined) throw new Error(`not a parameter: ${part}`)
    if (parameters.has(name)) throw new Error(`${name} comes twice`)
    parameters.set(percentDecode(name, false).toString(), percentDecode(value, false).toString())
  }
  return parameters
}

/** §3.4.1. */
export function baseString({ method, url, authorization, form }: SentRequest): string {
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^(https?):\/\/([^/?#]+)([^?#]*)(?:\?([^#]*))?/.exec(url) ?? []
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(authority.toLowerCase()) ?? []
  const isUsual = port === undefined || port === { http: '80', https: '443' }[scheme]
  const address = `${scheme}://${isUsual ? host : `${host}:${port}`}${path || '/'}`
  const header = [...readHeader(authorization)]
    .filter(([name]) => name !== 'realm' && name !== 'oauth_signature')
    .map(([name, value]): Pair => [Buffer.from(name), Buffer.from(value)])
  const pairs = [...formPairs(query), ...header, ...formPairs(form ?? '')]
    .map(([name, value]) => [Buffer.from(percentEncode(name)), Buffer.from(percentEncode(value))] as const)
    .sort(([a, x], [b, y]) => Buffer.compare(a, b) || Buffer.compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
  return [method.toUpperCase(), address, pairs.join('&')]
    .map((part) => percentEncode(Buffer.from(part)))
    .join('&')
}

/** §3.2: whether the one signature in the header is that of this request under these secrets. */
export function isSigned(request: SentRequest, { consumer, token = '' }: SharedSecrets): boolean {
  const key = [consumer, token].map((secret) => percentEncode(Buffer.from(secret))).join('&')
  const expected = createHmac('sha1', key).update(baseString(request)).digest('base64')
  return readHeader(request.authorization).get('oauth_signature') === expected
}
