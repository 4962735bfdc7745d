export interface Filter {
  readonly q?: string
  readonly category?: string
  readonly status?: string
}
export interface Matchable {
  readonly names: string
  readonly category: string
  readonly states: readonly string[]
}
export function matches(card: Matchable, filter: Filter): boolean
