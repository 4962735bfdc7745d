import { errorCodes, type OAuthErrorCode } from '../src/errors/codes.ts'
import { formatOAuthErrorMessage } from '../src/errors/message.ts'
import { type ErrorText, errorGroups, errorTexts } from './error-texts.ts'

const head = `# Errors

Generated from the list of codes by \`npm run docs:errors\`. Do not edit.

Whatever goes wrong, latchkey throws an \`OAuthError\`. Its \`code\` is one of these, is stable, and is listed in \`errorCodes\`.

| property | |
| --- | --- |
| \`code\` | ours, one of this page |
| \`message\` | \`<Name> OAuth failed: <error> - <description>\`: the provider's words where it said something, else \`code\` and ours |
| \`hint\` | what to do next, fit for a person: the sentence under each code below, or a closer one |
| \`retryable\` | whether the same call can succeed later without a change |
| \`retryAfter\` | ms to wait before that, where the provider says so |
| \`error\`, \`errorDescription\`, \`status\` | the provider's, cleaned and bounded |
| \`provider\` | its id |
| \`redirectPath\` | where the flow wanted to go back to: on every error of a callback whose state could be opened |
| \`cause\` | what your own function threw, or a system's code; never a parser's or a driver's words |

No property holds a token, a code, a secret, or the provider's body. \`isOAuthError(value)\` recognises one also across the ESM and
CommonJS copies of the package.

\`\`\`ts
import { isOAuthError } from 'latchkey'

export function words(error: unknown): string {
  if (!isOAuthError(error)) throw error
  return error.retryable ? \`\${error.hint} (\${error.retryAfter ?? 0} ms)\` : error.hint
}
\`\`\`

With \`createOAuthHandler\`, users are sent back to \`redirectPath?oauth_error=<code>&provider=<id>\`, or see a page with message and hint;
faults of your own side (\`config_invalid\`, \`store_failed\` …) are named to \`onError\` only. \`npx latchkey\` prints message and hint.
`

/** docs/errors.md. */
export function errorDocs(): string {
  const codes = Object.keys(errorTexts).filter(isCode)
  const groups = Object.entries(errorGroups).map(([group, title]) => {
    const inGroup = codes.filter((code) => errorTexts[code].group === group)
    return `## ${title}\n\n${inGroup.map((code) => section(code, errorTexts[code])).join('\n')}`
  })
  return `${head}\n${groups.join('\n')}`
}

const isCode = (code: string): code is OAuthErrorCode => Object.hasOwn(errorCodes, code)

/** The message of an example, as `OAuthError` words it. */
export function exampleMessage(code: OAuthErrorCode, { example }: ErrorText): string {
  const { provider, error = code, errorDescription, detail } = example
  return formatOAuthErrorMessage({ provider, error, errorDescription: errorDescription ?? detail })
}

function section(code: OAuthErrorCode, text: ErrorText): string {
  const points = [
    `**From:** ${text.from}`,
    ...text.whatToDo.map((step) => `**Do:** ${step}`),
    `**Retryable:** ${text.retryable}.`,
    ...(text.carries ? [`**Carries:** ${text.carries}.`] : []),
    `**Example:** \`${exampleMessage(code, text)}\``,
  ]
  return [
    `### \`${code}\``,
    '',
    ...wrapped('> ', '> ', errorCodes[code]),
    '',
    ...wrapped('', '', text.means),
    '',
    ...points.flatMap((point) => wrapped('- ', '  ', point)),
    '',
  ].join('\n')
}

const width = 130

/** Lines of a paragraph. What stands between backticks stays on one line. */
function wrapped(first: string, rest: string, words: string): string[] {
  const lines: string[] = []
  let line = first
  for (const word of words.match(/(?:`[^`]*`|\S)+/g) ?? []) {
    const isFull = line.length + word.length >= width && line.trim() !== first.trim()
    if (isFull) lines.push(line.trimEnd())
    line = `${isFull ? rest : line}${word} `
  }
  return [...lines, line.trimEnd()]
}
