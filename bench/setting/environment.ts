/** Jobs are done once or twice and checked; nothing is judged by its time (`npm run bench -- --quick`). */
export const isQuick = process.env.LATCHKEY_BENCH_QUICK === '1'

/** The folder that holds the packages as a user has them; `bench/setting/installed.ts` makes it. */
export function installedFolder(): string {
  const folder = process.env.LATCHKEY_BENCH_FOLDER
  if (!folder) throw new Error('run this through `npm run bench -- <scenario>`')
  return folder
}

/** How often everything is measured: once where nothing is judged, else what `--rounds` says or `otherwise`. */
export function roundsOr(otherwise: number): number {
  if (isQuick) return 1
  const asked = Number(process.env.LATCHKEY_BENCH_ROUNDS)
  return asked > 0 ? asked : otherwise
}
