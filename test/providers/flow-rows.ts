import type { FlowRow } from './flow-row.ts'
import { githubRow, gitlabRow } from './flow-rows-code.ts'
import { hubspotRow, notionRow } from './flow-rows-data.ts'
import { quickbooksRow, shopifyRow, zohoBooksRow } from './flow-rows-money.ts'
import { googleCalendarRow, slackRow, zoomRow } from './flow-rows-work.ts'

export const flowRows: readonly FlowRow[] = [
  slackRow,
  googleCalendarRow,
  notionRow,
  hubspotRow,
  zoomRow,
  gitlabRow,
  githubRow,
  shopifyRow,
  quickbooksRow,
  zohoBooksRow,
]
