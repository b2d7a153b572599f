import { BadRequestException, Controller, Get, Headers, Param, Put, Res } from '@nestjs/common';
import { HmacService } from 'nestjs-security';

const COOKIE = 'theme';
const ttlSeconds = 30 * 24 * 60 * 60;

interface HttpResponse {
  header(name: string, value: string): unknown;
}

/** A cookie that only this application can have set. */
@Controller('theme')
export class ThemeController {
  constructor(private readonly hmac: HmacService) {}

  @Get()
  show(@Headers('cookie') cookies = ''): { theme: string; why: string } {
    const verdict = this.hmac.unsignCookie(COOKIE, valueOf(cookies, COOKIE));
    return verdict.ok
      ? { theme: verdict.value, why: 'your cookie' }
      : { theme: 'light', why: 'no cookie of ours' };
  }

  @Put(':theme')
  choose(
    @Param('theme') theme: string,
    @Res({ passthrough: true }) response: HttpResponse,
  ): { theme: string } {
    if (!/^[a-z]{1,20}$/.test(theme)) throw new BadRequestException('a theme is 1 to 20 of a-z');
    const value = this.hmac.signCookie(COOKIE, theme, { ttlSeconds });
    const attributes = `Max-Age=${ttlSeconds}; Path=/; HttpOnly; SameSite=Lax`;
    response.header('Set-Cookie', `${COOKIE}=${value}; ${attributes}`);
    return { theme };
  }
}

function valueOf(cookies: string, name: string): string | undefined {
  const pair = cookies.split('; ').find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
