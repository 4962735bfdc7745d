/** Next.js calls this once, when the server starts and before the first request: what is missing is named here. */
export async function register(): Promise<void> {
  // Next.js compiles this file for the edge too, where nothing of Node.js may be in it.
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./start.ts')
}
