import type { FlowRow } from './flow-row.ts'
import { githubRow, gitlabRow } from './flow-rows-code.ts'
import { hubspotRow, notionRow } from './flow-rows-data.ts'
import { googleCalendarRow } from './flow-rows-google.ts'
import { quickbooksRow, shopifyRow } from './flow-rows-money.ts'
import { slackRow, zoomRow } from './flow-rows-talk.ts'
import { zohoBooksRow } from './flow-rows-zoho.ts'

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
