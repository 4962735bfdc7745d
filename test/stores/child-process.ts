import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A script in a process of its own. It talks by `process.send`. */
export interface Child {
  /** The next message; rejects when the process ends without one. */
  next(): Promise<unknown>
  send(message: string): void
  kill(): Promise<void>
  /** The exit code. */
  ended(): Promise<number | null>
}

/** `script`: a name in `children/`, or a file of another folder. */
export function startChild(script: string | URL, ...args: string[]): Child {
  const url = typeof script === 'string' ? new URL(`./children/${script}.ts`, import.meta.url) : script
  const file = fileURLToPath(url)
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

/** Children that belong to a test, ended with it. */
export function children() {
  const started: Child[] = []
  function start(script: string | URL, ...args: string[]): Child {
    const child = startChild(script, ...args)
    started.push(child)
    return child
  }
  return {
    start,
    /** Starts so many, lets them begin together, and gives what each tells at the end. All must end well. */
    async race(count: number, script: string | URL, ...args: string[]): Promise<unknown[]> {
      const racers = Array.from({ length: count }, () => start(script, ...args))
      for (const racer of racers) {
        const word = await racer.next()
        if (word !== 'ready') throw new Error(`a child began with ${JSON.stringify(word)}`)
      }
      for (const racer of racers) racer.send('go')
      const told = await Promise.all(racers.map((racer) => racer.next()))
      const codes = await Promise.all(racers.map((racer) => racer.ended()))
      if (codes.some((code) => code !== 0)) throw new Error(`children ended with ${codes}`)
      return told
    },
    kill: () => Promise.all(started.splice(0).map((child) => child.kill())),
  }
}
