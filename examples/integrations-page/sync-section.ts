import type { Connection, ProviderDefinition } from 'latchkey'
import type { HistoricalSyncRun } from 'latchkey/sync'
import { html, type Markup } from './html.ts'
import { countWords, rangeWords, runMark, runWords, syncFailureWords, timeWords } from './public/words.js'

/** What the first button does, by where the latest run stands: one button, so that focus stays on it. */
const actions = {
  pending: ['pause', 'Pause'],
  running: ['pause', 'Pause'],
  paused: ['resume', 'Resume'],
  failed: ['resume', 'Try again'],
  completed: ['start', 'Sync again'],
  cancelled: ['start', 'Sync again'],
} as const

/** The historical sync of a connection: how far it has come, what it met, what can be done, and the runs before. */
export function renderSync(
  { id, name, history }: ProviderDefinition,
  connection: Connection,
  runs: readonly HistoricalSyncRun[],
): Markup {
  const [run, ...earlier] = runs
  const [action, label] = run ? actions[run.status] : (['start', 'Sync history'] as const)
  const words = run && runWords(run)
  const canEnd = run && run.status !== 'completed' && run.status !== 'cancelled'
  const canBegin = history && (connection.status === 'active' || action === 'pause')
  return html`<section class="sync" data-key="sync" aria-labelledby="${id}-sync" data-sync data-connection="${connection.connectionId}"${run && html` data-run="${runMark(run)}"`}>
<div class="run ${run?.status ?? ''}"><h4 id="${id}-sync" class="label">History<span class="out-of-sight"> of ${name}</span></h4>
<p data-run-headline>${words?.headline ?? (history ? 'Not read yet' : 'Not read by this page')}</p></div>
${run && renderRun(id, name, run)}
<div class="actions needs-script" data-key="actions">
${canBegin && html`<button type="button" class="quiet" data-key="go" data-sync-action="${action}" aria-label="${label}: history of ${name}">${label}</button>`}
${canEnd && html`<button type="button" class="quiet" data-key="cancel" data-sync-action="cancel" aria-label="Cancel: history of ${name}">Cancel</button>`}
</div>
<p class="failure" role="alert" data-key="failure" data-sync-failure hidden></p>
${earlier.length > 0 && html`<details class="past" data-key="past"><summary>${countWords(earlier.length, 'earlier run')}<span class="out-of-sight"> of ${name}</span></summary><ol>${earlier.map((each) => renderPast(name, each))}</ol></details>`}
</section>`
}

function renderRun(id: string, name: string, run: HistoricalSyncRun): Markup {
  const { detail, percent, value, hasBar } = runWords(run)
  const failure = run.error && run.status !== 'completed' && syncFailureWords(run.error, name)
  return html`${hasBar && html`<progress data-key="bar" aria-labelledby="${id}-sync" max="1"${value !== undefined && html` value="${value}"`}>${percent}</progress>`}
<p class="run-detail" data-key="detail"><span data-run-detail>${detail}</span>${hasBar && html`<span data-run-percent>${value !== undefined && percent}</span>`}</p>
${failure && html`<div class="met" data-key="met"><p>${failure.happened}</p><p>${failure.next}${run.retryAt && html` Next try <time datetime="${run.retryAt.toISOString()}">${timeWords(run.retryAt, 'UTC')}</time>.`}</p></div>`}`
}

function renderPast(name: string, run: HistoricalSyncRun): Markup {
  const { headline } = runWords(run)
  const { records } = run.progress
  const ended = run.finishedAt ?? run.updatedAt
  return html`<li><time datetime="${ended.toISOString()}">${timeWords(ended, 'UTC')}</time>
<span>${headline}</span>
<span>${countWords(records, 'record')}, ${rangeWords(run)}</span>
${run.error && html`<span>${syncFailureWords(run.error, name).happened}</span>`}</li>`
}
