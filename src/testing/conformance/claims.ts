import { randomUUID } from 'node:crypto'
import { must, mustEqual, within } from './assertions.ts'
import type { CoordinatorTests } from './coordinator.ts'

const onlyOne =
  'claim must answer true to exactly one caller of one key (INSERT … ON CONFLICT, SET NX, a transaction): else a callback that an attacker has copied is accepted twice'
/** ms by which a backend's rounding may differ from this clock. */
const rounding = 20

/** `count` claims of one key at once, every other one through the second coordinator. */
function claimAll(
  { one, two }: Parameters<CoordinatorTests[string]>[0],
  key: string,
  ttlMs: number,
  count: number,
) {
  return Promise.all(
    Array.from({ length: count }, (_none, index) => (index % 2 === 0 ? one : two).claim(key, ttlMs)),
  )
}

export const claimTests: CoordinatorTests = {
  async 'grants a claim to exactly one of a hundred'(opened) {
    const key = randomUUID()
    const answers = await claimAll(opened, key, 60_000, 100)
    mustEqual(answers.filter((answer) => answer === true).length, 1, onlyOne)
    mustEqual(
      answers.filter((answer) => answer === false).length,
      99,
      'claim must answer false to all the others',
    )
    mustEqual(await opened.two.claim(key, 60_000), false, onlyOne)
  },

  async 'keeps a claim until its time is over, then grants it to exactly one'(opened) {
    const key = randomUUID()
    const ttlMs = 150
    const began = performance.now()
    mustEqual(
      await opened.one.claim(key, ttlMs),
      true,
      'claim must answer true for a key that nobody has claimed',
    )
    let isOver = false
    const again = async () => {
      while (!isOver) {
        const answers = await claimAll(opened, key, 60_000, 10)
        const granted = answers.filter(Boolean).length
        if (granted > 0) return granted
        await pause(20)
      }
      return 0
    }
    const granted = await within(
      again(),
      `a claim of ${ttlMs} ms must end: else the table grows for ever (is ttlMs read as milliseconds?)`,
    ).finally(() => {
      isOver = true
    })
    mustEqual(granted, 1, `also a claim that has ended must go to one: ${onlyOne}`)
    must(
      performance.now() - began >= ttlMs - rounding,
      'a claim must hold for all of ttlMs: else what was used once can be used again while it is still valid',
    )
    mustEqual(await opened.two.claim(key, 60_000), false, onlyOne)
  },

  async 'keeps claims of different keys apart'({ one }) {
    const stem = `${randomUUID()}${'x'.repeat(1_900)}`
    for (const key of [stem, `${stem}y`, `${stem}Y`, `${stem}y `, `${stem}é`, `${stem}e\u0301`])
      mustEqual(
        await one.claim(key, 60_000),
        true,
        'claims of different keys must not meet, also where the keys are 2,000 characters long and differ in the last (hash the key): else one user is refused for what another did',
      )
  },
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
