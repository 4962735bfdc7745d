import { spawn } from 'node:child_process'

/** What opens an address on each platform. None is a shell: the address is one argument, whatever it holds. */
const openers: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
  freebsd: ['xdg-open'],
  openbsd: ['xdg-open'],
}

/** Opens the user's own browser (RFC 8252 §8.12), where there is a screen. It may fail: the address is shown anyway. */
export function openBrowser(url: string): void {
  const [command, ...args] = openers[process.platform] ?? []
  if (command === undefined || !/^https?:\/\//.test(url)) return
  // Over SSH and in containers xdg-open would start a browser inside the terminal.
  if (command === 'xdg-open' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
