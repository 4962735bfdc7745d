import { integrations } from '../../../integrations.ts'

// `[[...path]]` takes /oauth itself too, which lists the integrations.
async function serve(request: Request): Promise<Response> {
  const { handler } = await integrations()
  return handler(request)
}

export { serve as DELETE, serve as GET, serve as POST }
