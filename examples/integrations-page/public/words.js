// What the page says of times, runs and failures, in the server's rendering and in the browser's updates alike.

/** A time in the reader's own zone; on the server, which does not know it, in UTC and saying so. The year where it is another. */
export function timeWords(time, zone) {
  const date = new Date(time)
  const isThisYear = date.getUTCFullYear() === new Date().getUTCFullYear()
  const words = date.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    ...(zone && { timeZone: zone }),
  })
  return zone === 'UTC' ? `${words} UTC` : words
}

/** A day; windows are cut in UTC. */
function dayWords(time) {
  return new Date(time).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
}

export const countWords = (count, one, many = `${one}s`) =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`

const nothingToDo = {
  already_synced: 'Nothing to do: everything up to now has been read before.',
  no_run: 'Nothing to do: this page reads no history of this integration.',
  empty_range: 'Nothing to do: the time to be read is empty.',
}

const headlines = {
  pending: 'Waiting to start',
  running: 'Reading the history',
  paused: 'Paused',
  completed: 'History read',
  failed: 'Stopped by an error',
  cancelled: 'Cancelled',
}

/** A run in words: where it stands, how far it has come, and how long the bar is (none: not known). */
export function runWords(run) {
  const { status, progress } = run
  const isOpen = status !== 'completed' && status !== 'cancelled'
  const idle = run.nothingToDo && nothingToDo[run.nothingToDo]
  const none = status === 'completed' && progress.records === 0
  const waits = status === 'pending' && run.retryAt
  const details = idle
    ? []
    : [
        countWords(progress.records, 'record'),
        ...(status === 'completed'
          ? [rangeWords(run)]
          : [
              progress.reached
                ? `back to ${dayWords(progress.reached)}`
                : `goes back to ${dayWords(run.from)}`,
              ...(progress.windows > 1 ? [`${progress.windowsDone} of ${progress.windows} parts`] : []),
            ]),
      ]
  const isMeasured = progress.windows > 1 || progress.fraction > 0 || status !== 'running'
  return {
    headline: idle || (waits ? 'Waiting to try again' : none ? 'Nothing new' : headlines[status]),
    detail: details.join(' · '),
    percent: `${Math.floor(progress.fraction * 100)} %`,
    ...(isOpen && isMeasured && { value: progress.fraction }),
    hasBar: isOpen,
  }
}

/** The days that a run has read, or was to read: what had been read before is not among them. */
export function rangeWords(run) {
  const from = dayWords(run.windows.at(-1)?.from ?? run.from)
  const to = dayWords(run.windows[0]?.to ?? run.to)
  return from === to ? from : `${from} to ${to}`
}

/** What a card must be rendered anew for: what else changes is the bar and its text. */
export const runMark = (run) =>
  [run.id, run.status, run.nothingToDo ?? '', run.error?.at ? new Date(run.error.at).getTime() : ''].join(' ')

/** What a sync met: what happened, and what to do. Codes that are not here speak for themselves. */
export function syncFailureWords({ code, message, hint }, name) {
  const words = syncFailures[code]
  return words
    ? { happened: words[0].replaceAll('{name}', name), next: words[1].replaceAll('{name}', name) }
    : { happened: message, next: hint }
}

const again = 'It is tried again by itself; what has been read is kept.'
const syncFailures = {
  params_invalid: [
    '{name} needs one more value before its history can be read.',
    'Fill it in under Options, reconnect, and try again.',
  ],
  reconnect_required: ['{name} has ended the access.', 'Reconnect: the sync goes on where it stopped.'],
  connection_not_found: ['{name} was disconnected.', 'Connect it again to go on.'],
  rate_limited: ['{name} asks for fewer requests.', again],
  timeout: ['{name} did not answer in time.', again],
  network: ['{name} could not be reached.', again],
  html_response: ['{name} answered with a web page instead of data.', again],
}

const startOver = 'Connect again.'
const ourSide = 'The fault is on this side. Try again in a moment.'
const theirSide = 'Nothing was changed. Try again in a moment.'

/** Why a connect failed, by the error's code: what a person needs to know, with what to do. */
export const connectFailures = {
  config_invalid: `{name} is not set up on this server yet. ${ourSide}`,
  definition_invalid: `{name} is not set up on this server yet. ${ourSide}`,
  params_invalid: 'A value that {name} needs is not right. Correct it below, then connect again.',
  state_missing: `{name} sent you back without saying which request it answers. ${startOver}`,
  state_invalid: `The answer of {name} does not belong to a request of this site. ${startOver}`,
  state_expired: `Connecting {name} took longer than ten minutes. ${startOver}`,
  state_mismatch: `{name} was being connected in another browser or by another user. ${startOver}`,
  state_replayed: `This answer of {name} has been used before. If {name} is not shown as connected, ${startOver.toLowerCase()}`,
  callback_invalid: `{name} sent you back without the permission it should have brought. ${startOver}`,
  issuer_mismatch:
    'The answer came from another server than that of {name}. It was not used. If it happens again, tell the support.',
  signature_invalid: `The answer of {name} was not signed as it should be. It was not used. ${startOver}`,
  authorization_denied:
    '{name} was not connected: access was denied. Connect again and approve, if that was not intended.',
  html_response: `{name} answered with a web page instead of data. ${theirSide}`,
  malformed_response: `{name} gave an answer that makes no sense. ${theirSide}`,
  response_too_large: `{name} gave an answer that is far too long. ${theirSide}`,
  unexpected_redirect: `{name} sent the request somewhere else, which is not followed. ${theirSide}`,
  provider_error: `{name} refused. ${theirSide}`,
  rate_limited: '{name} asks for fewer requests. Wait a minute, then try again.',
  timeout: `{name} did not answer in time. ${theirSide}`,
  network: `{name} could not be reached. ${theirSide}`,
  connection_not_found: '{name} is not connected. Connect it first.',
  reconnect_required: '{name} has ended the access. Reconnect.',
  refresh_unsupported: '{name} does not prolong its access. Reconnect.',
  connect_refused: 'This account of {name} may not be connected here.',
  store_failed: `{name} was not connected: it could not be stored. ${ourSide}`,
  record_unreadable: 'What was stored of {name} cannot be read any more. Connect again.',
  hook_failed: `Something on this server failed. ${ourSide}`,
  host_not_allowed: 'That address is not one of {name}. Correct it below, then connect again.',
}

export function connectFailureWords(code, name) {
  const words = Object.hasOwn(connectFailures, code) ? connectFailures[code] : undefined
  return (words ?? `{name} was not connected. ${theirSide}`).replaceAll('{name}', name)
}

/** A key that was refused is no failure of the provider. */
export const keyRefusedWords = (name) =>
  `${name} does not know this key. Check that it is copied whole, and of this account.`
