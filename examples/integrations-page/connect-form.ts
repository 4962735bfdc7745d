import type { Connection, ProviderDefinition } from 'latchkey'
import { html, type Markup } from './html.ts'

export interface ConnectForm {
  readonly provider: ProviderDefinition
  readonly connection: Connection | undefined
  readonly sampleKey: string | undefined
  /** Where the flow comes back to. */
  readonly path: string
}

type Param = NonNullable<ProviderDefinition['params']>[string]

/** Connect or Reconnect, with what the user has to say for it; and Disconnect. Works without script, but for keys. */
export function renderForm({ provider, connection, sampleKey, path }: ConnectForm): Markup {
  const { id, name } = provider
  const params = Object.entries(provider.params ?? {}).filter(([, param]) => isAsked(param))
  const keys = Object.entries(provider.protocol === 'api-key' ? provider.credentials : {})
  const field = ([param, about]: readonly [string, Param]) =>
    renderField({
      id: `${id}-${param}`,
      name: param,
      about,
      required: about.required ?? false,
      value: connection?.params[param],
    })
  const needed = params.filter(([, { required }]) => required).map(field)
  const optional = params.filter(([, { required }]) => !required).map(field)
  const secrets = keys.map(([key, about]) =>
    renderField({
      id: `${id}-${key}`,
      name: key,
      about,
      required: true,
      value: sampleKey,
      isKey: true,
    }),
  )
  const verb = connection ? 'Reconnect' : 'Connect'
  const byKey = keys.length > 0
  const button = html`<button class="${connection?.status === 'active' ? '' : 'main'}" aria-label="${verb} ${name}">${verb}</button>`
  const start = html`<input type="hidden" name="redirectPath" value="${path}"${byKey && html` disabled`}>`
  const failure = html`<p class="failure" role="alert" hidden></p>
${byKey && html`<noscript><p>A key is sent by script, which is off in this browser.</p></noscript>`}`
  const asked = [...needed, ...secrets]
  const options = optional.length > 0 && folded(name, 'options', 'Options', optional)
  // What is asked for is out of the way until somebody wants to connect, or to change it.
  const content = connection
    ? html`${asked.length > 0 ? folded(name, 'options', 'Settings', [...asked, ...optional]) : options}
${failure}
<div class="actions" data-key="actions">${button}<button type="button" class="needs-script danger" data-disconnect aria-haspopup="dialog" aria-label="Disconnect ${name}">Disconnect</button></div>`
    : asked.length > 0
      ? html`<details class="ask" data-key="ask"><summary>Connect<span class="out-of-sight"> ${name}</span>…</summary>${asked}${options}${failure}<div class="actions">${button}</div></details>`
      : html`${options}${failure}<div class="actions" data-key="actions">${button}</div>`
  return html`<form class="connect" data-key="connect" method="${byKey ? 'post' : 'get'}" action="/oauth/${id}/connect"${byKey && html` data-by-key`} aria-labelledby="${id}-name">
${start}
${content}
</form>`
}

function folded(name: string, key: string, words: string, fields: readonly Markup[]): Markup {
  return html`<details class="options" data-key="${key}"><summary>${words}<span class="out-of-sight"> of ${name}</span></summary>${fields}</details>`
}

/** What only the application may set, and what the provider tells by itself, is never asked. */
function isAsked({ trusted, from = 'user' }: Param): boolean {
  return !trusted && (typeof from === 'string' ? from === 'user' : from.includes('user'))
}

interface Field {
  readonly id: string
  readonly name: string
  readonly about: Pick<Param, 'description' | 'pattern' | 'example' | 'default' | 'normalize'>
  readonly required: boolean
  readonly value: string | undefined
  readonly isKey?: boolean
}

function renderField({ id, name, about, required, value, isKey = false }: Field): Markup {
  const { description, example, normalize } = about
  const pattern = htmlPattern(about)
  const usual = about.default && !about.default.includes('{') ? `, else ${about.default}` : ''
  const [label, hint] = labelAndHint(description)
  return html`<div class="field">
<label for="${id}">${label}${!required && html` <span class="optional">(optional)</span>`}</label>
<input id="${id}" name="${name}" placeholder="${example}" aria-describedby="${id}-hint ${id}-wrong" autocomplete="off" autocapitalize="none" spellcheck="false"${required && html` required`}${pattern && html` pattern="${pattern}"`}${value !== undefined && html` value="${value}"`}${isKey && html` data-credential`}${normalize && html` data-normalize="${JSON.stringify(normalize)}"`}>
<p class="hint" id="${id}-hint">${hint && `${hint}. `}For example <code>${example}</code>${usual}</p>
<p class="wrong" id="${id}-wrong" hidden></p>
</div>`
}

/** "the shop's permanent name, the part before …": what it is, and what helps to find it. */
export function labelAndHint(description: string): readonly [string, string] {
  const at = description.search(/[,:(]\s?/)
  const [label, hint] = at > 0 ? [description.slice(0, at), description.slice(at + 1)] : [description, '']
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
  return [capital(label.trim().replace(/^the /, '')), capital(hint.trim().replace(/\)$/, ''))]
}

/**
 * The definition's pattern as browsers take it: without anchors, under the `v` flag, and with what `normalize` takes off
 * the ends. Absent where a browser could not read it: the server checks in any case.
 */
export function htmlPattern({
  pattern,
  normalize,
}: Pick<Param, 'pattern' | 'normalize'>): string | undefined {
  const ends = (texts: readonly string[] = []) => texts.map((text) => `(?:${escapeRegExp(text)})?`)
  const bare = escapeClasses(pattern.replace(/^\^/, '').replace(/\$$/, ''))
  const whole = [
    ...ends(normalize?.stripPrefixes),
    `(?:${bare})`,
    ...ends([...(normalize?.stripSuffixes ?? [])].reverse()),
  ].join('')
  try {
    new RegExp(`^(?:${whole})$`, 'v')
    return whole
  } catch {
    return undefined
  }
}

/** Inside `[…]`, the `v` flag wants a backslash before a lone hyphen and before brackets and the like. */
function escapeClasses(pattern: string): string {
  return pattern.replace(
    /(\\.)|\[(\^?)((?:\\.|[^\]\\])*)\]/g,
    (_all, escaped?: string, not = '', inside = '') => {
      if (escaped) return escaped
      const marked = inside.replace(/\\.|[()[{}/|]|^-|-$/g, (each: string) =>
        each.startsWith('\\') ? each : `\\${each}`,
      )
      return `[${not}${marked}]`
    },
  )
}

const escapeRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
