import { createRequire } from 'node:module'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { ConnectOptions } from './connect/connect-options.ts'
import { defaultTenant } from './environment.ts'
import { exitCodes } from './exit-codes.ts'
import { interruptible } from './interruption.ts'
import type { ConnectionOptions } from './open-client.ts'
import { reportFailure } from './report-failure.ts'

const exitCodeHelp = `
Exit codes: 0 done; 1 it failed; 2 the command, its options or the environment must be corrected;
3 connect first, or again; 4 try again later; 130 stopped by Ctrl-C.
stdout holds data, stderr everything else. Nothing secret is printed but by \`token\` and \`secret\`.`

/** Runs one command line; resolves to the exit code. Whatever a command needs is loaded by it alone. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok)
    throw error
  })
  try {
    await interruptible((signal) => createProgram(signal).parseAsync([...argv]))
    return exitCodes.ok
  } catch (error) {
    // commander has said what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    return reportFailure(error)
  }
}

function createProgram(signal: AbortSignal): Command {
  const program = new Command('latchkey')
    .description(
      'Connects accounts of SaaS products over OAuth from a terminal, and looks after the connections.',
    )
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'latchkey: ')) })
    .showHelpAfterError('  --help shows what there is.')
    .addHelpText('after', exitCodeHelp)

  withExamples(program.command('providers'), [
    'latchkey providers',
    'latchkey providers --json | jq -r .[].id',
  ])
    .description('list the built-in integrations')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { providers } = await import('./commands/providers.ts')
      providers(options)
    })

  withExamples(program.command('show'), ['latchkey show slack', 'latchkey show ./acme.json --json'])
    .description('what to register, and which variables, scopes and params an integration needs')
    .argument('<id>', idHelp)
    .option('--json', 'as JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      const { show } = await import('./commands/show.ts')
      await show(id, options)
    })

  addConnect(program, signal)

  withStore(
    withExamples(program.command('list'), ['latchkey list', 'latchkey list slack --tenant acme --json']),
  )
    .description('list the connections in the store')
    .argument('[id]', 'of this integration alone')
    .option('--tenant <id>', 'of this tenant alone')
    .option('--json', 'as JSON')
    .action(async (id: string | undefined, options: { tenant?: string; json?: boolean }) => {
      const { list } = await import('./commands/list.ts')
      await list(id, options)
    })

  withConnection(
    withExamples(program.command('token'), [
      'latchkey token slack',
      'curl -H "Authorization: Bearer $(npx latchkey token github)" https://api.github.com/user',
    ]),
  )
    .description('print an access token that lives, refreshed where needed')
    .option('--token <name>', 'one of several by its name (slack: bot, user)')
    .action(async (id: string, options: ConnectionOptions & { token?: string }) => {
      const { token } = await import('./commands/token.ts')
      await token(id, options)
    })

  withConnection(withExamples(program.command('refresh'), ['latchkey refresh quickbooks']))
    .description('refresh a connection now')
    .option('--json', 'the connection as JSON')
    .action(async (id: string, options: ConnectionOptions & { json?: boolean }) => {
      const { refresh } = await import('./commands/refresh.ts')
      await refresh(id, options)
    })

  withConnection(
    withExamples(program.command('disconnect'), [
      'latchkey disconnect slack',
      'latchkey disconnect gmail --no-revoke',
    ]),
  )
    .description('end the grant at the provider where it can be ended, and forget the connection')
    .option('--no-revoke', 'only forget it here')
    .action(async (id: string, options: ConnectionOptions & { revoke: boolean }) => {
      const { disconnect } = await import('./commands/disconnect.ts')
      await disconnect(id, options)
    })

  withExamples(program.command('check'), ['latchkey check acme.json', 'latchkey check ./src/acme.ts'])
    .description('check a definition of your own: its schema, then a dry run against its own simulator')
    .argument('<file>', 'JSON, or a JavaScript or TypeScript module that exports definitions')
    .action(async (file: string) => {
      const { check } = await import('./commands/check.ts')
      await check(file, signal)
    })

  withExamples(program.command('secret'), ['echo "LATCHKEY_SECRET=$(npx latchkey secret)" >> .env'])
    .description('print a new LATCHKEY_SECRET')
    .action(async () => {
      const { secret } = await import('./commands/secret.ts')
      secret()
    })

  withExamples(program.command('demo'), ['latchkey demo'])
    .description('connect, call, refresh and disconnect every integration, each against its own simulator')
    .action(async () => {
      const { demo } = await import('./commands/demo.ts')
      await demo(signal)
    })
  return program
}

const idHelp = 'an id or alias (`latchkey providers`), or the file of a definition of your own (./acme.json)'

function addConnect(program: Command, signal: AbortSignal): void {
  withConnection(
    withExamples(program.command('connect'), [
      'latchkey connect github --env .env',
      'latchkey connect slack --simulator',
      'latchkey connect shopify --param shop=acme-store --port 8976',
      'latchkey connect quickbooks --redirect-uri https://app.example.com/callback --paste',
      'latchkey connect freshdesk --param subdomain=acme < key.txt',
    ]),
  )
    .description('connect an account: in the browser, or with a key that is typed or piped in')
    .option('--param <name=value>', 'what the integration needs to know; may be repeated', addParam)
    .option('--scope <scope>', 'ask for this instead of the usual; may be repeated', addScope)
    .option('--paste', 'listen nowhere: paste the address that the browser ended at (SSH, containers)')
    .option('--no-open', 'only show the address')
    .option('--timeout <seconds>', 'how long to wait for the browser', wholeNumber(1, 600), 300)
    .option('--simulator', 'connect to a simulator made from the definition: nothing is registered or kept')
    .option('--json', 'the connection as JSON')
    .addHelpText(
      'after',
      `
The redirect URI is http://127.0.0.1:<free port>/oauth/<id>/callback. Many providers take only one that is registered
with them, character by character: fix the port with --port, or give the whole URI with --redirect-uri. One that is
https is nobody's to listen at here: the browser's address is pasted back. \`latchkey show <id>\` says what to register.`,
    )
    .action(async (id: string, options: ConnectOptions) => {
      const { connect } = await import('./commands/connect.ts')
      await connect(id, options, signal)
    })
}

function withStore(command: Command): Command {
  return (
    command
      .option('--store <path>', 'directory of the file store (default: LATCHKEY_STORE, else .latchkey)')
      // Node, up to 26 at least, looks for --env-file among a script's own arguments too, and ends with its own message and
      // code where there is no such file (github.com/nodejs/node/issues/54232): hence the other name.
      .option('--env, --env-file <path>', 'variables, one NAME=value a line; those that are set already stay')
  )
}

/** What every command on one connection takes. */
function withConnection(command: Command): Command {
  return withStore(command.argument('<id>', idHelp))
    .option('--tenant <id>', 'whose connection it is', defaultTenant)
    .option('--connection <id>', 'which one, where a tenant has several (default: "default")')
    .addOption(
      new Option('--port <n>', 'of the redirect URI at 127.0.0.1 (default: one that is free)').argParser(
        wholeNumber(1, 65_535),
      ),
    )
    .option('--redirect-uri <uri>', 'as it is registered with the provider')
}

function withExamples(command: Command, examples: readonly string[]): Command {
  const lines = examples.map((each) => `  $ ${each.startsWith('latchkey') ? 'npx ' : ''}${each}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

function addParam(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It must be name=value.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

function addScope(scope: string, before: readonly string[] = []): readonly string[] {
  return [...before, scope]
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

/** By the package's own name, which leads to the same file from the sources and from the bundle. */
function version(): string {
  const found: { readonly version: string } = createRequire(import.meta.url)('latchkey/package.json')
  return found.version
}
