import { tokenId } from './commands.ts'
import type { Rotation } from './wire.ts'

/**
 * Why a connection at a provider without grace is lost although its client did all that can be done: the only losses that
 * the harness accepts (docs/reliability.md).
 */
export type Unpreventable =
  /** The provider took longer than the timeout: it carried out the retry first, and then saw the same token again. */
  | 'slower than the timeout, then the retry was reuse'
  /** The provider rotated and its answer never arrived: the retry with the same token is reuse. */
  | 'answer lost after the rotation'
  /** The process was killed with the new tokens in its hands, before they were on disk. */
  | 'killed between the rotation and the write'
  /** The same while the store was failing, so that the tokens were served but could not be saved. */
  | 'killed while the store would not take the tokens'

/** What is known of one process of a worker. */
export interface Incarnation {
  /** `tokenId`s of the answers that have reached it. */
  readonly received: ReadonlySet<string>
  /** `tokenId`s that its callers got. */
  readonly served: Set<string>
  /** How it ended. */
  death?: {
    /** When the step began in which it was killed, on `performance.now`. */
    readonly stepBegan: number
    /** Whether its store was failing then. */
    readonly storeFailing: boolean
  }
}

/**
 * Follows the rotations from the refresh token in the store onwards. Somewhere on the way the chain must have been broken
 * by what no client can prevent; otherwise the loss is the library's.
 */
export function judgeLoss(
  stored: string,
  rotations: readonly Rotation[],
  incarnations: ReadonlyMap<string, Incarnation>,
): Unpreventable | undefined {
  let current: string | undefined = stored
  while (current !== undefined) {
    const presented: string = current
    const rotation = rotations.find((each) => each.presented === presented)
    if (!rotation) return undefined
    const cause = lossOf(rotation, incarnations.get(rotation.worker))
    if (cause) return cause
    current = rotation.refreshToken
  }
  return undefined
}

function lossOf(rotation: Rotation, worker: Incarnation | undefined): Unpreventable | undefined {
  const token = tokenId(rotation.accessToken)
  const { death } = worker ?? {}
  if (death?.storeFailing && worker?.received.has(token))
    return 'killed while the store would not take the tokens'
  // Whoever served a token, or lived on with it, had the time to save it: a loss after that is no accident.
  if (death && rotation.at >= death.stepBegan && !worker?.served.has(token))
    return 'killed between the rotation and the write'
  return worker?.received.has(token) ? undefined : 'answer lost after the rotation'
}
