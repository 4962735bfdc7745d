import type { FlowRow } from './flow-row.ts'
import { row as airtable } from './rows/airtable.ts'
import { row as asana } from './rows/asana.ts'
import { row as bitbucket } from './rows/bitbucket.ts'
import { row as box } from './rows/box.ts'
import { row as calendly } from './rows/calendly.ts'
import { row as clickup } from './rows/clickup.ts'
import { row as discord } from './rows/discord.ts'
import { row as drift } from './rows/drift.ts'
import { row as dropbox } from './rows/dropbox.ts'
import { row as figma } from './rows/figma.ts'
import { row as github } from './rows/github.ts'
import { row as gitlab } from './rows/gitlab.ts'
import { row as gmail } from './rows/gmail.ts'
import { row as googleCalendar } from './rows/google-calendar.ts'
import { row as googleChat } from './rows/google-chat.ts'
import { row as googleDrive } from './rows/google-drive.ts'
import { row as hubspot } from './rows/hubspot.ts'
import { row as intercom } from './rows/intercom.ts'
import { row as jira } from './rows/jira.ts'
import { row as linear } from './rows/linear.ts'
import { row as linkedin } from './rows/linkedin.ts'
import { row as mailchimp } from './rows/mailchimp.ts'
import { row as monday } from './rows/monday.ts'
import { row as notion } from './rows/notion.ts'
import { row as onedrive } from './rows/onedrive.ts'
import { row as outlook } from './rows/outlook.ts'
import { row as pipedrive } from './rows/pipedrive.ts'
import { row as quickbooks } from './rows/quickbooks.ts'
import { row as salesforce } from './rows/salesforce.ts'
import { row as shopify } from './rows/shopify.ts'
import { row as slack } from './rows/slack.ts'
import { row as stripe } from './rows/stripe.ts'
import { row as stripeApp } from './rows/stripe-app.ts'
import { row as teams } from './rows/teams.ts'
import { row as trello } from './rows/trello.ts'
import { row as webex } from './rows/webex.ts'
import { row as whatsapp } from './rows/whatsapp.ts'
import { row as xero } from './rows/xero.ts'
import { row as zendesk } from './rows/zendesk.ts'
import { row as zohoBooks } from './rows/zoho-books.ts'
import { row as zohoCrm } from './rows/zoho-crm.ts'
import { row as zoom } from './rows/zoom.ts'

/** One row a provider, in the order of their ids. */
export const flowRows: readonly FlowRow[] = [
  hubspot,
  airtable,
  asana,
  bitbucket,
  box,
  calendly,
  clickup,
  discord,
  drift,
  dropbox,
  figma,
  github,
  gitlab,
  gmail,
  googleCalendar,
  googleChat,
  googleDrive,
  intercom,
  jira,
  linear,
  linkedin,
  mailchimp,
  monday,
  notion,
  onedrive,
  outlook,
  pipedrive,
  quickbooks,
  salesforce,
  shopify,
  slack,
  stripe,
  stripeApp,
  teams,
  trello,
  webex,
  whatsapp,
  xero,
  zendesk,
  zohoBooks,
  zohoCrm,
  zoom,
]
