import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Writes a generated file at the repository's root; with `--check` changes nothing and exits 1 when it is stale. */
export function generatedFile(path: string, text: string, command: string): void {
  const target = fileURLToPath(new URL(`../${path}`, import.meta.url))
  if (!process.argv.includes('--check')) {
    writeFileSync(target, text)
    console.log(`${path} written`)
  } else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    console.error(`${path} is stale: run ${command}`)
    process.exitCode = 1
  }
}
