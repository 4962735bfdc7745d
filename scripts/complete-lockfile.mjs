// `node scripts/complete-lockfile.mjs [package-lock.json]`, after `npm install` from a registry mirror that lacks packages
// for other platforms: npm leaves those out of the lock file, and `npm ci` then refuses it everywhere. Writes the entries
// that their parents name, without a hash, and takes download hosts out. On a complete registry it changes nothing else.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = process.argv[2] ?? fileURLToPath(new URL('../package-lock.json', import.meta.url))
const lock = JSON.parse(readFileSync(file, 'utf8'))
const { packages } = lock
let added = 0

for (const [path, entry] of Object.entries(packages)) {
  delete entry.resolved
  for (const [name, version] of Object.entries(path === '' ? {} : (entry.optionalDependencies ?? {}))) {
    if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue
    if (!/^\d+\.\d+\.\d+$/.test(version)) continue
    packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(entry.dev && { dev: true }),
      ...(entry.devOptional && { devOptional: true }),
      optional: true,
    }
    added += 1
  }
}

/** `@scope/name-linux-x64-musl` says which machines it is for. */
function platformOf(name) {
  const words = name.split(/[/-]/)
  const pick = (known) => words.filter((word) => known.includes(word)).slice(-1)
  const os = pick([
    'android',
    'darwin',
    'freebsd',
    'linux',
    'netbsd',
    'openbsd',
    'openharmony',
    'sunos',
    'win32',
    'aix',
  ])
  const cpu = pick(['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'])
  const libc = words.includes('musl') ? ['musl'] : os[0] === 'linux' && /gnu/.test(name) ? ['glibc'] : []
  return {
    cpu,
    ...(libc.length > 0 && { libc }),
    os,
  }
}

lock.packages = Object.fromEntries(
  Object.entries(packages).sort(([a], [b]) => (a === '' ? -1 : b === '' ? 1 : a < b ? -1 : 1)),
)
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} entries added`)
