/** How the runs of a historical sync reach workers: `bullmqQueue`, `pgBossQueue`, or your own. */
export interface SyncQueue {
  /**
   * Has one of the workers called with this id, `delay` ms from now. The same id may be there already, and may be
   * delivered more than once; what matters is that it is delivered. `recovered`: it may have got lost, and may as well be
   * waiting its turn; once added so, it need not be added so again for a while.
   */
  add(id: string, options: { readonly delay: number; readonly recovered?: boolean }): Promise<void>
  /**
   * Calls `process` for what is added, in whatever process, until closed. It resolves to the ms after which the id is to be
   * delivered again, or to nothing; where it rejects, the queue's own retry applies. `close` waits for what is under way.
   */
  work(
    process: (id: string) => Promise<number | undefined>,
    options: {
      readonly concurrency: number
      /** Told what goes wrong in the queue itself. */
      readonly failed: (error: unknown) => void
    },
  ): Promise<{
    /** Takes nothing more, and waits for what is under way. */
    close(): Promise<void>
  }>
  /** Releases what the queue opened itself. */
  close?(): Promise<void>
}
