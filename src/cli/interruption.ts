import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The user (or the system) asked the command to stop. */
export class Interrupted extends Error {
  /** As shells report it: 128 and the number of the signal. */
  readonly exitCode: number

  constructor(signal: (typeof signals)[number]) {
    super(`interrupted by ${signal}`)
    this.name = 'Interrupted'
    this.exitCode = 128 + constants.signals[signal]
  }
}

/**
 * Runs a command with a signal that Ctrl-C aborts, so that what it has opened is closed and what is under way (a refresh,
 * whose token must be saved) comes to its end. A second Ctrl-C ends the process at once.
 */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = (signal: NodeJS.Signals) => {
    const known = signals.find((each) => each === signal) ?? 'SIGTERM'
    const reason = new Interrupted(known)
    if (controller.signal.aborted) process.exit(reason.exitCode)
    controller.abort(reason)
  }
  for (const signal of signals) process.on(signal, stop)
  try {
    return await run(controller.signal)
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}

/** What `promise` comes to, unless the signal aborts first: then its reason. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (stop) signal.removeEventListener('abort', stop)
  }
}
