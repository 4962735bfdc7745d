import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A script of `children/` in a process of its own. It talks by `process.send`. */
export interface Child {
  /** The next message; rejects when the process ends without one. */
  next(): Promise<unknown>
  send(message: string): void
  kill(): Promise<void>
  /** The exit code. */
  ended(): Promise<number | null>
}

export function startChild(script: string, ...args: string[]): Child {
  const file = fileURLToPath(new URL(`./children/${script}.ts`, import.meta.url))
  const child: ChildProcess = fork(file, args, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const messages: unknown[] = []
  const waiting: { resolve: (message: unknown) => void; reject: (error: Error) => void }[] = []
  let errors = ''
  child.stderr?.on('data', (data: Buffer) => {
    errors += data.toString()
  })
  child.on('message', (message) => {
    const waiter = waiting.shift()
    if (waiter) waiter.resolve(message)
    else messages.push(message)
  })
  const exit = once(child, 'close').then(([code]: (number | null)[]) => {
    for (const waiter of waiting.splice(0)) waiter.reject(new Error(`the child ended (${code}): ${errors}`))
    return code ?? null
  })
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (messages.length > 0) resolve(messages.shift())
        else waiting.push({ resolve, reject })
      }),
    send: (message) => child.send(message),
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
    ended: () => exit,
  }
}
