import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import type { Warning } from '../../src/types.ts'
import { type Acme, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => {
  vi.restoreAllMocks()
  return acme.close()
})

type Lifecycle = NonNullable<ProviderDefinition['lifecycle']>
const ending = (status: Lifecycle['status'], since: string): Lifecycle => ({
  status,
  since,
  source: 'https://acme.example/ending',
  note: 'Use the other one.',
})

async function warningsOf(lifecycle: Lifecycle): Promise<Warning[]> {
  const warnings: Warning[] = []
  await acme.connected({ hooks: { onWarning: (warning) => warnings.push(warning) } }, { lifecycle })
  return warnings
}

describe('connecting what comes to its end', () => {
  it.each(['closing', 'closed', 'legacy'] as const)('warns where it is %s', async (status) => {
    const lifecycle = ending(status, '2026-03-06')
    const [warning, ...more] = await warningsOf(lifecycle)
    expect(more).toEqual([])
    expect(warning).toMatchObject({ code: 'provider_ending', provider: 'acme', lifecycle })
    expect(warning?.message).toMatch(
      /^Acme is .+ \(2026-03-06\)\. Use the other one\. See https:\/\/acme\.example\/ending$/,
    )
  })

  it('warns of a sunset ninety days ahead, and not before', async () => {
    // The clock stands at 2026-11-21.
    expect(await warningsOf(ending('sunset', '2027-02-20'))).toEqual([])
    expect(await warningsOf(ending('sunset', '2027-02-19'))).toHaveLength(1)
    expect(await warningsOf(ending('sunset', '2026-01-01'))).toHaveLength(1)
  })

  it('says it once a process by Node where there is no hook', async () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const lifecycle = ending('closing', '2026-03-07')
    await acme.connected({}, { lifecycle })
    await acme.connected({}, { lifecycle })
    expect(emitted.mock.calls).toEqual([
      [expect.stringContaining('Acme is being closed'), { code: 'LATCHKEY_PROVIDER_ENDING' }],
    ])
  })

  it('reports a hook that throws, and connects all the same', async () => {
    const errors: string[] = []
    const { connection } = await acme.connected(
      {
        hooks: {
          onWarning: () => {
            throw new Error('mine')
          },
          onError: ({ error }) => errors.push(error.code),
        },
      },
      { lifecycle: ending('closing', '2026-03-06') },
    )
    expect(connection.status).toBe('active')
    expect(errors).toEqual(['hook_failed'])
  })
})
