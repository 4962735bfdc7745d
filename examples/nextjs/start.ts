import { integrations } from './integrations.ts'

const { clients } = await integrations()

// Next.js ends the process itself. Until then, what the store had not taken yet is saved.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => Promise.all(Object.values(clients).map((client) => client.close())))
