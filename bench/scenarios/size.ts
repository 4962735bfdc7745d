import { gzipSync } from 'node:zlib'
import { build, type Metafile, type Plugin } from 'esbuild'
import { report } from '../report/outcome.ts'
import { installedFolder } from '../setting/environment.ts'

// What a bundler makes of each: minified, then gzipped (level 9). "At the start" is what the entry needs at once; the
// rest comes in chunks of its own when it is first used. Node's built-in modules are outside in every column.

interface Size {
  readonly start: number
  readonly all: number
}

/** What a package imports by another's name stays outside; only the entry's own imports are followed. */
const dependenciesOutside: Plugin = {
  name: 'dependencies-outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer }) =>
      importer.endsWith('entry.js') ? undefined : { path, external: true },
    )
  },
}

const entries: [name: string, source: string][] = [
  [
    'latchkey: createOAuthClient + one provider',
    useOf(['latchkey', 'createOAuthClient'], ['latchkey/providers/slack', 'slack']),
  ],
  [
    'latchkey: client, handler, file store + one provider',
    useOf(
      ['latchkey', 'createOAuthClient, createOAuthHandler, fileStore'],
      ['latchkey/providers/slack', 'slack'],
    ),
  ],
  [
    'latchkey: createOAuthClient + all providers',
    useOf(['latchkey', 'createOAuthClient'], ['latchkey/providers', 'providers']),
  ],
  ['arctic: OAuth2Client', useOf(['arctic', 'OAuth2Client, generateState, generateCodeVerifier'])],
  [
    'oauth4webapi: the code grant',
    useOf([
      'oauth4webapi',
      'authorizationCodeGrantRequest, validateAuthResponse, processAuthorizationCodeResponse, refreshTokenGrantRequest, processRefreshTokenResponse, generateRandomState, generateRandomCodeVerifier, calculatePKCECodeChallenge, ClientSecretPost',
    ]),
  ],
  [
    'openid-client: the code grant',
    useOf([
      'openid-client',
      'Configuration, authorizationCodeGrant, refreshTokenGrant, buildAuthorizationUrl, randomState, randomPKCECodeVerifier, calculatePKCECodeChallenge, ClientSecretPost',
    ]),
  ],
  ['simple-oauth2: AuthorizationCode', useOf(['simple-oauth2', 'AuthorizationCode'])],
  [
    '@badgateway/oauth2-client: client and fetch wrapper',
    useOf(['@badgateway/oauth2-client', 'OAuth2Client, OAuth2Fetch, generateCodeVerifier']),
  ],
]

const rows = []
for (const [name, source] of entries) {
  const own = await measure(source, true)
  const whole = await measure(source, false)
  rows.push([name, own.start, own.all, whole.all])
}
report({
  scenario: 'size',
  tables: [
    {
      title: 'bytes, minified and gzipped',
      columns: [
        { title: 'what', unit: 'text' },
        { title: 'own code, at the start', unit: 'count' },
        { title: 'own code, all', unit: 'count' },
        { title: 'with its dependencies', unit: 'count' },
      ],
      rows,
    },
  ],
  verdicts: [],
})

function useOf(...imports: [from: string, names: string][]): string {
  return imports.map(([from, names]) => `export { ${names} } from '${from}'`).join('\n')
}

async function measure(source: string, ownOnly: boolean): Promise<Size> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: installedFolder(), sourcefile: 'entry.js' },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    metafile: true,
    write: false,
    outdir: '/out',
    absWorkingDir: '/',
    logLevel: 'error',
    // lmdb is a native module; msw and the clients of other stores are the application's.
    external: ['lmdb', 'msw', 'redis', 'pg', 'bullmq'],
    plugins: ownOnly ? [dependenciesOutside] : [],
  })
  const sizes = new Map(
    outputFiles.map(({ path, contents }) => [path, gzipSync(contents, { level: 9 }).length]),
  )
  const sum = (paths: Iterable<string>) =>
    [...paths].reduce((total, path) => total + (sizes.get(path) ?? 0), 0)
  return { start: sum(neededAtStart(metafile)), all: sum(sizes.keys()) }
}

/** The entry and what it imports statically, on and on. */
function neededAtStart({ outputs }: Metafile): Set<string> {
  const found = new Set<string>()
  const visit = (path: string) => {
    if (found.has(`/${path}`)) return
    found.add(`/${path}`)
    for (const { path: next, kind, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !external) visit(next)
  }
  for (const [path, { entryPoint }] of Object.entries(outputs))
    if (entryPoint?.endsWith('/entry.js')) visit(path)
  return found
}
