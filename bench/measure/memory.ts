import { readFileSync } from 'node:fs'

const mebibyte = 2 ** 20

/** Peaks above the moment of `watchMemory`, in MiB. */
export interface MemoryPeaks {
  /** JavaScript's heap and what hangs on it outside, garbage included. */
  readonly heap: number
  /** The process's anonymous memory. Pages of mapped files (LMDB's) do not count: the system takes them back as it likes. */
  readonly process: number
}

export interface MemoryWatch {
  /** Looks. To be called often: a timer would not do, since none fires between promises. */
  look(): void
  peaks(): MemoryPeaks
}

/** Needs `--expose-gc`: what is garbage now is not the start. */
export function watchMemory(): MemoryWatch {
  if (!globalThis.gc) throw new Error('run with --expose-gc')
  globalThis.gc()
  const start = { heap: heapNow(), process: anonymousNow() }
  const most = { heap: 0, process: 0 }
  return {
    look() {
      most.heap = Math.max(most.heap, heapNow() - start.heap)
      most.process = Math.max(most.process, anonymousNow() - start.process)
    },
    peaks: () => most,
  }
}

function heapNow(): number {
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / mebibyte
}

/** `RssAnon` of /proc where there is one, else all of the resident set. */
function anonymousNow(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    return Number(/^RssAnon:\s*(\d+) kB/m.exec(status)?.[1]) / 1024
  } catch {
    return process.memoryUsage.rss() / mebibyte
  }
}
