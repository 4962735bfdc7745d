import { whatsapp } from '../../../providers/whatsapp.ts'
import type { FlowRow } from '../flow-row.ts'

const credential = 'Bearer EAAJBsbCmS80BO4hZBf5xYKFaFW7kVMNxAWzIInZB7q1PuZCLiEqKh3gZDZD'

export const row: FlowRow = {
  definition: whatsapp,
  redirectUri: 'https://app.example.com/oauth/whatsapp/callback',
  authorization: {
    url: 'https://www.facebook.com/v26.0/dialog/oauth',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/whatsapp/callback',
      scope: 'whatsapp_business_management,whatsapp_business_messaging',
    },
    pkce: false,
  },
  callback: { code: 'AQBZg_samplecode' },
  exchange: {
    endpoint: 'POST https://graph.facebook.com/v26.0/oauth/access_token',
    headers: { authorization: undefined, 'content-type': 'application/x-www-form-urlencoded' },
    body: {
      code: 'AQBZg_samplecode',
      redirect_uri: 'https://app.example.com/oauth/whatsapp/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://graph.facebook.com/v26.0/me/assigned_whatsapp_business_accounts',
      query: { fields: 'id,name', limit: '100' },
      headers: { authorization: credential },
      answer: 'discovery',
    },
    {
      endpoint: 'GET https://graph.facebook.com/v26.0/me',
      query: { fields: 'id,name' },
      headers: { authorization: credential },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'EAAJBsbCmS80BO4hZBf5xYKFaFW7kVMNxAWzIInZB7q1PuZCLiEqKh3gZDZD',
    expiresAt: new Date('2027-01-20T11:59:04.000Z'),
    scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
    tokenType: 'bearer',
    expiresAt: new Date('2027-01-20T11:59:04.000Z'),
    account: { id: '122103512345678', name: 'Jane Smith' },
    params: { wabaId: '102290129340398' },
    choices: {
      wabaId: [{ id: '102290129340398', name: "Jasper's Market" }],
    },
  },
  error: 'WhatsApp Business OAuth failed: 100 - This authorization code has been used.',
  denied: 'WhatsApp Business OAuth failed: access_denied - Permissions error.',
  revocation: [
    {
      endpoint: 'DELETE https://graph.facebook.com/v26.0/me/permissions',
      headers: { authorization: credential },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/102290129340398/message_templates?limit=100',
    request: {
      endpoint: 'GET https://graph.facebook.com/v26.0/102290129340398/message_templates',
      query: { limit: '100' },
      headers: { authorization: credential },
    },
    renewed: {},
  },
}
