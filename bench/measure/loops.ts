/** One job after the other, without waiting: for jobs that answer at once. */
export function atOnce(job: (index: number) => unknown): (count: number) => void {
  return (count) => {
    for (let index = 0; index < count; index++) job(index)
  }
}

/** One job after the other, each waited for. */
export function oneByOne(job: (index: number) => Promise<unknown>): (count: number) => Promise<void> {
  return async (count) => {
    for (let index = 0; index < count; index++) await job(index)
  }
}

/** So many jobs under way at any time. */
export function abreast(
  lanes: number,
  job: (index: number) => Promise<unknown>,
): (count: number) => Promise<void> {
  return async (count) => {
    let next = 0
    const lane = async () => {
      while (next < count) await job(next++)
    }
    await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane))
  }
}
