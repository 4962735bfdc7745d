import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const folder = new URL('../../.github/workflows/', import.meta.url)
const workflows = readdirSync(folder).map(
  (name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const,
)

it.each(workflows)('%s runs no action whose tag somebody can move', (_name, text) => {
  const uses = [...text.matchAll(/\buses: *(.+)$/gm)].map(([, action]) => action)
  expect(uses.length).toBeGreaterThan(0)
  for (const action of uses)
    expect(action).toMatch(/^(?:\.\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/)
})

it.each(workflows)('%s may read, unless a job says more', (_name, text) => {
  expect(text).toMatch(/^permissions:\n {2}contents: read\n/m)
})
