import { providers as builtIns } from '../../../providers/index.ts'
import type { ProviderDefinition } from '../../provider/definition.ts'
import { paramsOf } from '../definition-facts.ts'
import { print, printJson, table } from '../output.ts'

/** `latchkey providers`: every built-in definition. */
export function providers({ json }: { readonly json?: boolean }): void {
  const all: readonly ProviderDefinition[] = builtIns
  if (json) {
    printJson(all.map(summary))
    return
  }
  const rows = all.map((each) => {
    const needed = paramsOf(each, 'user').filter(([, param]) => param.required)
    const needs = needed.map(([name]) => `--param ${name}`).join(' ')
    return [each.id, each.protocol, each.category, needs || '-', each.name]
  })
  for (const each of table(['id', 'protocol', 'category', 'needs', 'name'], rows)) print(each)
}

function summary(definition: ProviderDefinition) {
  const { id, name, category, protocol, aliases = [], lifecycle } = definition
  const params = paramsOf(definition, 'user').map(([param, { required = false, description, example }]) => {
    return { name: param, required, description, example }
  })
  return { id, name, category, protocol, aliases, params, ...(lifecycle && { lifecycle }) }
}
