import type { CaptureDefinition, ProviderDefinition } from './definition.ts'
import { checkCapturedParam, type Params } from './params.ts'
import { readText } from './path.ts'

const extractions = new Map<string, RegExp>()

/** One value to be captured: at its path, or inside the longer one that stands there (salesforce `id`). */
export function readCapture(body: unknown, capture: CaptureDefinition[string]): string | undefined {
  if (typeof capture === 'string' || !('extract' in capture)) return readText(body, capture)
  const text = readText(body, capture.at)
  if (text === undefined) return undefined
  let expression = extractions.get(capture.extract)
  if (!expression) {
    expression = new RegExp(capture.extract)
    extractions.set(capture.extract, expression)
  }
  return expression.exec(text)?.[1]
}

/** Params from an answer, each against its pattern. What is not there is not captured. Throws `params_invalid`. */
export function captureFrom(
  provider: ProviderDefinition,
  body: unknown,
  captures: CaptureDefinition | undefined,
): Params {
  const captured: Record<string, string> = {}
  for (const [name, capture] of Object.entries(captures ?? {})) {
    const value = readCapture(body, capture)
    if (value !== undefined) captured[name] = checkCapturedParam(provider, name, value)
  }
  return captured
}
