import type { ClientContext } from '../context.ts'

/** Throws `params_invalid` for what is given and no number of at least `least`. */
export function checkNumber(
  context: ClientContext,
  name: string,
  value: number | undefined,
  least: number,
): void {
  if (value === undefined || (Number.isFinite(value) && value >= least)) return
  throw context.fail({ code: 'params_invalid', detail: `${name} must be a number of at least ${least}` })
}
