import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Acme, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

describe('the sync hook', () => {
  it('starts a job over three calendar months with a key of this connect', async () => {
    const jobs: { idempotencyKey: string; from: Date; to: Date }[] = []
    const start = (job: (typeof jobs)[number]) => {
      jobs.push(job)
      return `job-${jobs.length}`
    }
    const { sync } = await acme.connected({ sync: { start } })
    expect(sync).toEqual({ status: 'started', jobId: 'job-1' })
    expect(jobs[0]).toMatchObject({
      provider: 'acme',
      tenantId: 't1',
      userId: 'u1',
      connectionId: 'default',
      months: 3,
      from: new Date(Date.UTC(2026, 7, 21, 12)),
      to: new Date(acme.now()),
    })
    acme.pass(1000)
    await acme.connected({ sync: { start } })
    expect(jobs[1]?.idempotencyKey).not.toBe(jobs[0]?.idempotencyKey)
  })

  it('never undoes a connection when it fails or does not settle', async () => {
    const errors: string[] = []
    const hooks = { onError: ({ error }: { error: { code: string } }) => errors.push(error.code) }
    const thrown = await acme.connected({
      hooks,
      sync: { start: () => Promise.reject(new Error('queue down')) },
    })
    expect(thrown.sync.status).toBe('failed')
    const hanging = await acme.connected({ hooks, timeout: 50, sync: { start: () => new Promise(() => {}) } })
    expect(hanging.sync).toMatchObject({ status: 'failed', error: { code: 'timeout' } })
    expect(hanging.connection.status).toBe('active')
    expect(errors).toEqual(['hook_failed', 'timeout'])
  })
})
