import { storeDeadline } from '../deadline.ts'
import { storeFailed } from '../store-failure.ts'

/** ms before a statement is sent once more: a pool whose server left learns of all its connections at about one time. */
const pause = 10
/** ms after which it is not sent again: what is reported as failed must not be written afterwards. */
const latest = storeDeadline / 2

/**
 * Postgres ended the session (admin or crash shutdown, not up yet) or the connection broke: class 08, or an error of
 * the socket or of the driver.
 */
const brokenCode = /^(57P0[123]|08\w{3}|ECONNRESET|EPIPE)$/
const brokenWords = /^Connection terminated|is not queryable$/
/** Rolled back for the sake of another transaction: a serialization failure, a deadlock. */
const rolledBackCode = /^(40001|40P01)$/

/** Under serializable isolation, which an application may have made its default, many writers roll each other back. */
const mostRollbacks = 20

/**
 * Runs `work`, and once more where its connection broke: nobody knows whether the first try took effect, so `work` is
 * told, with `again`, that it may meet its own traces. What Postgres rolled back took no effect, and is run again too.
 */
export async function resend<T>(work: (again: boolean) => Promise<T>): Promise<T> {
  const begun = performance.now()
  let again = false
  for (let rollbacks = 0; ; ) {
    try {
      return await work(again)
    } catch (error) {
      const isRolledBack = rolledBackCode.test(codeOf(error))
      if (isRolledBack) rollbacks += 1
      const isOver = isRolledBack ? rollbacks > mostRollbacks : again || !isBroken(error)
      if (isOver || performance.now() - begun > latest) throw error
      again ||= !isRolledBack
    }
    await new Promise<void>((resume) => setTimeout(resume, pause * (0.5 + Math.random())))
  }
}

function isBroken(error: unknown): boolean {
  return brokenCode.test(codeOf(error)) || (error instanceof Error && brokenWords.test(error.message))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** `resend` for what removes and says whether it did: a second try that finds nothing cannot tell whose work that was. */
export function resendRemoval(remove: () => Promise<boolean>): Promise<boolean> {
  return resend(async (again) => {
    const removed = await remove()
    if (again && !removed) throw storeFailed('the connection broke while a record was being removed')
    return removed
  })
}
