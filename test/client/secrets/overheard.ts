import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, vi } from 'vitest'

/** Everything a process says without being asked, during each test of the file that calls this. */
export function overhear() {
  const overheard: { readonly where: string; readonly value: unknown }[] = []
  const hear = (where: string) => (value: unknown) => overheard.push({ where, value })
  const onWarning = hear('process warning')
  const onDiagnostics = hear('diagnostics channel')
  const channels = ['latchkey:request', 'latchkey:refresh', 'latchkey:connection']
  beforeEach(() => {
    overheard.length = 0
    for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const)
      vi.spyOn(console, method).mockImplementation(
        (...said: unknown[]) => void hear(`console.${method}`)(said),
      )
    process.on('warning', onWarning)
    for (const channel of channels) subscribe(channel, onDiagnostics)
  })
  afterEach(() => {
    vi.restoreAllMocks()
    process.off('warning', onWarning)
    for (const channel of channels) unsubscribe(channel, onDiagnostics)
  })
  return overheard
}
