import { randomInt } from 'node:crypto'
import type { CaptureDefinition } from '../provider/definition.ts'
import type { AccessToken, Chain } from './grants.ts'
import type { Simulation } from './simulation.ts'

type Values = Readonly<Record<string, string>>

const told = new WeakMap<Chain, Values>()

/** What is told of a token just before it is revoked (zendesk: its id): params as they are, anything else a number. */
export function lookUp(
  simulation: Simulation,
  { chain, grant }: AccessToken,
  capture: CaptureDefinition,
): Values {
  const known = told.get(chain)
  if (known) return known
  const values = Object.fromEntries(
    Object.keys(capture).map((name) => [
      name,
      grant.params[name] ?? simulation.definition.params?.[name]?.example ?? String(randomInt(1e6, 1e9)),
    ]),
  )
  told.set(chain, values)
  return values
}

/** Whether a URL names a token by what was told of it. */
export function isToldOf(chain: Chain, values: Values): boolean {
  return Object.entries(told.get(chain) ?? {}).every(
    ([name, value]) => values[name] === undefined || values[name] === value,
  )
}

/** The chain that a URL names by what was told of it. */
export function chainOf(simulation: Simulation, values: Values): Chain | undefined {
  return simulation.grants.all
    .flatMap(({ chains }) => [...chains.values()])
    .find((chain) => told.has(chain) && isToldOf(chain, values))
}
