import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Interrupted } from '../interruption.ts'

interface Reading {
  /** Shown on stderr, and only where a person types. */
  readonly prompt: string
  readonly signal: AbortSignal
}

/** Lines of stdin, until it ends or the signal aborts, which throws its reason. */
export async function* readLines({ prompt, signal }: Reading): AsyncGenerator<string, void> {
  const lines = createInterface({ input: process.stdin })
  const stop = () => lines.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (process.stdin.isTTY) process.stderr.write(prompt)
    for await (const text of lines) {
      yield text
      if (process.stdin.isTTY) process.stderr.write(prompt)
    }
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener('abort', stop)
    lines.close()
    // Else an open terminal or pipe keeps the process.
    process.stdin.pause()
    process.stdin.unref?.()
  }
}

/** A line that is not shown while it is typed; from a pipe, its first line. `undefined`: stdin ended before. */
export async function readHidden({ prompt, signal }: Reading): Promise<string | undefined> {
  if (!process.stdin.isTTY) {
    for await (const text of readLines({ prompt, signal })) return text
    return undefined
  }
  // readline echoes what is typed into its output.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  process.stderr.write(prompt)
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('close', () => resolve(undefined))
      // In raw mode Ctrl-C is a key, and no signal.
      lines.once('SIGINT', () => reject(new Interrupted('SIGINT')))
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  } finally {
    process.stderr.write('\n')
    lines.close()
    process.stdin.pause()
    process.stdin.unref?.()
  }
}
