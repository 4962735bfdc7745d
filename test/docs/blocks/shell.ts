import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { read, root } from './pages.ts'

const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts
const builtIn = ['ci', 'init', 'install', 'pack', 'pkg', 'publish', 'audit', 'exec', 'uninstall', 'update']

/** What is wrong with the commands of a block: syntax, scripts, commands of the CLI and files that are not there. */
export async function shellFaults(code: string): Promise<string[]> {
  const faults: string[] = []
  const runnable = code.replace(/<[\w./-]+>/g, 'placeholder')
  try {
    execFileSync('bash', ['-n'], { input: runnable, stdio: ['pipe', 'ignore', 'pipe'] })
  } catch (error) {
    faults.push(`bash: ${error instanceof Error ? error.message : error}`)
  }
  for (const words of commandsOf(runnable)) {
    const [program, ...rest] = words
    if (program === 'npm') faults.push(...npmFaults(rest))
    else if (program === 'npx' && rest[0] === 'latchkey') faults.push(...(await commandFaults(rest.slice(1))))
    else if (program && ['npx', 'node', 'bash', 'sh', 'tsx'].includes(program))
      faults.push(...fileFaults(rest))
  }
  return faults
}

/** The words of each command, without what is set in front of it and without comments. */
export function commandsOf(code: string): string[][] {
  return code
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, ''))
    .flatMap((line) => line.split(/&&|\|\||[;|()]/))
    .map((command) => command.trim().split(/\s+/).filter(Boolean))
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word) && word !== 'exec')))
    .filter((words) => words.length > 0)
}

function npmFaults([command = '', name]: string[]): string[] {
  if (command === 'run' || command === 'run-script') {
    const script = name ?? ''
    return script in scripts ? [] : [`npm run ${script}: no such script in package.json`]
  }
  return command in scripts || builtIn.includes(command)
    ? []
    : [`npm ${command}: neither a command nor a script`]
}

/** A file of this repository that is not there. What a page lets its reader write has no folder in front of it. */
function fileFaults(rest: string[]): string[] {
  const named = rest.filter((word) => /^(?:examples|scripts|test|bench|src|migrations)\//.test(word))
  return named.filter((file) => !existsSync(join(root, file))).map((file) => `${file}: no such file`)
}

const help = new Map<string, Promise<string | undefined>>()

/** What the command line says of a command; undefined where it has none of that name. */
function helpOf(command: string): Promise<string | undefined> {
  const known = help.get(command)
  if (known) return known
  const args = ['--import', 'tsx', 'src/cli/main.ts', ...(command ? [command] : []), '--help']
  const asked = promisify(execFile)(process.execPath, args, { cwd: root }).then(
    ({ stdout }) => (command === '' || stdout.includes(` ${command}`) ? stdout : undefined),
    () => undefined,
  )
  help.set(command, asked)
  return asked
}

async function commandFaults([first, ...rest]: string[]): Promise<string[]> {
  const named = first !== undefined && !first.startsWith('-')
  const command = named ? first : ''
  const words = await helpOf(command)
  if (words === undefined) return [`npx latchkey ${command}: no such command`]
  const options = [...(named ? [] : [first ?? '']), ...rest].filter((word) => /^--?[a-z]/.test(word))
  return options
    .map((option) => option.replace(/=.*$/, ''))
    .filter((option) => !new RegExp(`(?<![\\w-])${option}(?![\\w-])`).test(words))
    .map((option) => `npx latchkey ${command}: no option ${option}`)
}
