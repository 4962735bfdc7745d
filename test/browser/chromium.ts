import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { describe, type TestOptions } from 'vitest'

/** Where this machine has a Chromium; `CHROMIUM` names another. `scripts/chromium.sh` installs Debian's. */
async function findChromium(): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const places = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  for (const place of [process.env.CHROMIUM, ...places])
    if (place) {
      const found = await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (found) return place
    }
  return undefined
}

/** A browser without a window. `--no-sandbox`: root, as in a container, cannot have Chromium's own sandbox. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await findChromium()
  if (!executablePath) throw new Error(missing)
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

const missing = 'no Chromium: scripts/chromium.sh installs Debian’s, or name another in CHROMIUM'

/**
 * `describe` where there is a Chromium. Elsewhere the tests are skipped, and named so in the summary; with
 * `LATCHKEY_NEED_SERVERS=1` (as in `.ci/run`) they fail instead.
 */
async function describeWith() {
  if (await findChromium()) return describe
  if (process.env.LATCHKEY_NEED_SERVERS) throw new Error(missing)
  return (words: string, options: TestOptions, tests: () => void) =>
    describe.skip(`${words} (skipped: ${missing})`, options, tests)
}

export const describeWithChromium = await describeWith()
