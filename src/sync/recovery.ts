/** Runs that one look hands to the queue: those due longest first. */
const mostAtOnce = 1_000
/** ms for which one that was handed over is passed over, so that the next look reaches the others. */
const handedFor = 60_000

/** Hands to the queue what is wanted of the runs that are due, the earliest first. */
export type Recover = (isWanted: (id: string, found: number) => boolean | 'enough') => Promise<number>

/** Looks for lost runs now and ever again, until the function it returns is called. The timer keeps no process alive. */
export function keepRecovering(
  recover: Recover,
  every: number,
  failed: (error: unknown) => void,
): () => Promise<void> {
  const handed = new Map<string, number>()
  let isOver = false
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    const now = performance.now()
    let last: string | undefined
    for (const [id, at] of handed) if (now - at >= handedFor) handed.delete(id)
    try {
      await recover((id, found) => {
        if (isOver || found >= mostAtOnce) return 'enough'
        if (handed.has(id)) return false
        handed.set(id, now)
        last = id
        return true
      })
    } catch (error) {
      if (last !== undefined) handed.delete(last)
      failed(error)
    }
  }

  const lookOnce = () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
  }
  lookOnce()
  const timer = setInterval(lookOnce, every)
  timer.unref()
  return async () => {
    isOver = true
    clearInterval(timer)
    await looking
  }
}
