import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Header,
  Inject,
  Redirect,
  Req,
  Res,
  UnauthorizedException,
  UseFilters,
} from '@nestjs/common'
import type { Request, Response } from 'express'
import { isOAuthError } from 'latchkey'
import { homePage } from '../shared/home.ts'
import { readUser, signIn } from '../shared/session.ts'
import { CLIENTS, type Clients } from './clients.ts'

/** `connection_not_found` and `reconnect_required` mean: send the user to /oauth/slack/connect. */
@Catch()
class OAuthErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>()
    if (isOAuthError(error)) response.status(409).json({ code: error.code, hint: error.hint })
    else if (error instanceof UnauthorizedException) response.status(401).json(error.getResponse())
    else response.status(500).json({ code: 'internal_error' })
  }
}

@Controller()
export class ChannelsController {
  constructor(@Inject(CLIENTS) private readonly clients: Clients) {}

  /** A route of your own: the token is found, refreshed where it has to be, and sent. */
  @Get('channels')
  @UseFilters(OAuthErrorFilter)
  async list(@Req() request: Request): Promise<unknown> {
    const user = readUser(request.headers.cookie) // yours: a guard, and `request.user`
    if (!user) throw new UnauthorizedException()
    const channels = await this.clients.slack.fetch(
      { tenantId: user.tenantId },
      '/conversations.list?limit=20',
    )
    return channels.json()
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  home(): string {
    return homePage
  }

  @Get('login')
  @Redirect('/', 303)
  login(@Res({ passthrough: true }) response: Response): void {
    response.set('set-cookie', signIn())
  }
}
