/** Waits for a promise, whatever comes of it, or so many ms. Keeps no process alive. */
export async function until(settled: Promise<unknown> | undefined, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms))
    timer.unref?.()
  })
  await Promise.race([settled?.catch(() => undefined), time])
  clearTimeout(timer)
}
