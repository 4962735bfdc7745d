import { once } from 'node:events'

export function tell(message: unknown): void {
  process.send?.(message)
}

/** Tells the parent that this process is ready, and waits for its word: all children begin together. */
export async function waitForStart(): Promise<void> {
  const started = once(process, 'message')
  tell('ready')
  await started
}
