import { EventEmitter } from 'node:events'

/** How a backend misbehaves. `swallow`: as @keyv/redis 5 does, an 'error' event and an answer of nothing. */
export type Misbehaviour = 'none' | 'throw' | 'hang' | 'false' | 'swallow'

/** What a driver would say, and what must never be shown. */
export const driverWords = 'ECONNREFUSED redis://user:s3cret-password@db k1.c2VhbGVk'

/** A Keyv adapter on a Map that fails as it is told to. */
export class FakeAdapter extends EventEmitter {
  readonly data = new Map<string, unknown>()
  readonly opts = { dialect: 'redis', url: 'redis://fake' }
  namespace: string | undefined
  mode: Misbehaviour = 'none'
  /** Only these operations misbehave; all where it is empty. */
  only: readonly string[] = []
  calls = 0

  get(key: string): Promise<unknown> {
    return this.#behave('get', undefined, () => this.data.get(key))
  }

  set(key: string, value: unknown): Promise<unknown> {
    return this.#behave('set', undefined, () => {
      this.data.set(key, value)
      return true
    })
  }

  delete(key: string): Promise<unknown> {
    return this.#behave('delete', false, () => this.data.delete(key))
  }

  async clear(): Promise<void> {
    this.data.clear()
  }

  async *iterator(namespace?: string): AsyncGenerator<[string, unknown], void> {
    await this.#behave('iterator', undefined, () => undefined)
    for (const entry of this.data) if (!namespace || entry[0].startsWith(`${namespace}:`)) yield entry
  }

  async #behave<T>(operation: string, nothing: T, work: () => T): Promise<T | false> {
    this.calls += 1
    await Promise.resolve()
    if (this.mode === 'none' || (this.only.length > 0 && !this.only.includes(operation))) return work()
    const error = Object.assign(new Error(driverWords), { name: 'ReplyError', code: 'ECONNREFUSED' })
    if (this.mode === 'throw') throw error
    if (this.mode === 'hang') return new Promise<T>(() => undefined)
    if (this.mode === 'false') return false
    this.emit('error', error)
    return nothing
  }
}
