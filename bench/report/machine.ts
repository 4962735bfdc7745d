import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os'

/** When and on what it was measured, in one line. */
export function machineText(versions: Readonly<Record<string, string>>, now = new Date()): string {
  const date = now.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
  const memory = Math.round(totalmem() / 2 ** 30)
  const cpu = cpus()[0]?.model.replace(/\s+/g, ' ').trim() || arch()
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${date}; ${cpu}, ${availableParallelism()} cores, ${memory} GiB, ${platform()}; Node ${process.versions.node}; ${peers.join(', ')}.`
}
