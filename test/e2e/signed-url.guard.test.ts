import {
  type CanActivate,
  Controller,
  Get,
  NotFoundException,
  Param,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  HmacService,
  MemoryReplayStore,
  ReplayStore,
  SignedUrl,
  SignedUrlGuard,
  SignedUrlService,
} from 'nestjs-security';
import { adapters, sendRaw, startHttp, stopHttp, type HttpApp } from '../support/http-app.js';
import { settle } from '../support/services.js';

class SwitchGuard implements CanActivate {
  static readonly state = { open: true };

  canActivate(): boolean {
    return SwitchGuard.state.open;
  }
}

class PageGuard extends SignedUrlGuard {
  protected override refusal(): NotFoundException {
    return new NotFoundException();
  }
}

@Controller()
class FilesController {
  @Get('files/:name')
  @SignedUrl({ purpose: 'download', ignoreQuery: ['utm_source'] })
  file(@Param('name') name: string, @Query() query: Record<string, unknown>): object {
    return { name, query: Object.keys(query) };
  }

  @Get('reset')
  @SignedUrl({ purpose: 'reset', oneTime: true })
  @UseGuards(SwitchGuard)
  reset(): object {
    return { reset: true };
  }

  @Post('unsubscribe')
  @SignedUrl({ purpose: 'unsubscribe' })
  unsubscribe(): object {
    return { done: true };
  }

  @Get('bound')
  @SignedUrl({ purpose: 'download', absolute: true })
  bound(): object {
    return {};
  }

  @Get('hidden')
  @SignedUrl({ purpose: 'download' }, PageGuard)
  hidden(): object {
    return {};
  }

  @Get('without')
  @UseGuards(SignedUrlGuard)
  without(): void {}
}

@Controller('all')
@SignedUrl({ purpose: 'all' })
class AllController {
  @Get('one')
  one(): object {
    return {};
  }

  @Get('two')
  @SignedUrl({ purpose: 'two' })
  two(): object {
    return {};
  }

  @Get('three')
  @SignedUrl({ purpose: 'three', oneTime: true })
  three(): object {
    return {};
  }
}

describe.each(adapters)('@SignedUrl on $adapter', ({ create }) => {
  let http: HttpApp;
  let urls: SignedUrlService;
  beforeAll(async () => {
    http = await startHttp(create, {
      controllers: [FilesController, AllController],
      security: { hmac: { publicOrigin: 'https://app.example.com' } },
    });
    urls = http.app.get(SignedUrlService);
  });
  afterAll(stopHttp);
  beforeEach(() => {
    SwitchGuard.state.open = true;
  });

  const status = async (target: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(http.url + target, init)).status;
  const sign = (target: string, purpose: string): string =>
    urls.signUrl(target, { purpose, ttlSeconds: 60 });
  const signOnce = (target: string): string =>
    urls.signUrl(target, { purpose: 'reset', ttlSeconds: 60, oneTime: true });

  it('lets a signed URL through, with what may stand behind it', async () => {
    const url = sign('/files/a%20b.pdf?page=2', 'download');
    const answer = await fetch(`${http.url}${url}&utm_source=mail`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { name: 'a b.pdf', query: ['page', 'expires', 'keyid', 'signature', 'utm_source'] },
    ]);
    expect(await status(url, { method: 'HEAD' })).toBe(200);
  });

  it('answers 403 to all others, always with the same words', async () => {
    const url = sign('/files/a', 'download');
    const expired = urls.signUrl('/files/a', { purpose: 'download', ttlSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    for (const bad of [
      '/files/a',
      url.replace('/a?', '/b?'),
      url.replace('/a?', '/%61?'),
      `${url}&utm_medium=mail`,
      sign('/files/a', 'reset'),
      urls.signUrl('/files/a', { purpose: 'download', ttlSeconds: 60, oneTime: true }),
      expired,
      `/files/a?signature=${'x'.repeat(9000)}`,
    ]) {
      const answer = await fetch(http.url + bad);
      expect([bad, answer.status, await answer.json()]).toEqual([
        bad,
        403,
        { statusCode: 403, message: 'Forbidden' },
      ]);
    }
  });

  it('answers 403 to a request line that no client would send', async () => {
    const send = (line: string): Promise<string> =>
      sendRaw(http.url, Buffer.from(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1'));
    const url = sign('/files/a', 'download');
    expect(await send(`GET ${url} HTTP/1.1`)).toBe('HTTP/1.1 200 OK');
    expect(await send(`GET http://x${url} HTTP/1.1`)).not.toContain('200');
    expect(await send(`GET ${url}&utm_source=\xfc HTTP/1.1`)).not.toContain('200');
    expect(await send(`GET ${url}#x HTTP/1.1`)).not.toContain('200');
  });

  it('is for the method that was signed', async () => {
    const posted = urls.signUrl('/unsubscribe', {
      purpose: 'unsubscribe',
      ttlSeconds: 60,
      method: 'POST',
    });
    expect(await status(posted, { method: 'POST' })).toBe(201);
    expect(await status(sign('/unsubscribe', 'unsubscribe'), { method: 'POST' })).toBe(403);
  });

  it('answers 410 to a one-time URL that was used', async () => {
    const url = signOnce('/reset');
    expect(await status(url, { method: 'HEAD' })).toBe(403);
    expect(await status(url)).toBe(200);
    const answer = await fetch(http.url + url);
    expect([answer.status, await answer.json()]).toEqual([
      410,
      { statusCode: 410, message: 'Gone' },
    ]);
    expect(await status(sign('/reset', 'reset'))).toBe(403);
  });

  it('lets exactly one of many requests through with a one-time URL', async () => {
    const url = signOnce('/reset');
    const answers = await Promise.all(Array.from({ length: 10 }, () => status(url)));
    expect(answers.toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 9 }, () => 410),
    ]);
  });

  it('uses nothing up when a guard below it refuses', async () => {
    const url = signOnce('/reset');
    SwitchGuard.state.open = false;
    expect(await status(url)).toBe(403);
    SwitchGuard.state.open = true;
    expect(await status(url)).toBe(200);
  });

  it('verifies what is bound to the public origin, whatever the Host header says', async () => {
    const options = { purpose: 'download', ttlSeconds: 60 };
    const url = urls.signUrl('/bound', { ...options, absolute: true });
    expect(await status(url.replace('https://app.example.com', ''))).toBe(200);
    expect(await status(urls.signUrl('/bound', options))).toBe(403);
  });

  it('answers as a guard of your own does', async () => {
    expect(await status('/hidden')).toBe(404);
    expect(await status(sign('/hidden', 'download'))).toBe(200);
  });

  it('serves a whole controller, and a route of it with another purpose', async () => {
    expect(await status(sign('/all/one', 'all'))).toBe(200);
    expect(await status(sign('/all/two', 'two'))).toBe(200);
    expect(await status(sign('/all/two', 'all'))).toBe(403);
    const once = urls.signUrl('/all/three', { purpose: 'three', ttlSeconds: 60, oneTime: true });
    expect(await status(once)).toBe(200);
    expect(await status(once)).toBe(410);
  });

  it('is a mistake as a bare guard', async () => {
    expect(await status('/without')).toBe(500);
  });

  it('is offered by HmacService as well', () => {
    const hmac = http.app.get(HmacService);
    const url = hmac.signUrl('/x', { purpose: 'download', ttlSeconds: 60 });
    expect(hmac.verifyUrl({ method: 'GET', url, purpose: 'download' }).ok).toBe(true);
  });

  it.each(['rpc', 'ws', 'graphql'])('refuses calls over %s', async (type) => {
    const context = new ExecutionContextHost([{}, {}], FilesController, () => {});
    context.setType(type);
    await expect(http.app.get(SignedUrlGuard).canActivate(context)).rejects.toMatchObject({
      status: 403,
    });
  });

  it('reports refusals with the route and never the URL', async () => {
    await settle();
    const records = http.log.recordsOf('signature_refused');
    expect(records).toContainEqual(
      expect.objectContaining({
        reason: 'mismatch',
        target: { type: 'hmac', id: 'url' },
        http: { method: 'GET', route: '/files/:name' },
      }),
    );
    expect(JSON.stringify(records)).not.toContain('expires=');
  });
});

describe.each(adapters)('@SignedUrl with a store that is full on $adapter', ({ create }) => {
  afterEach(stopHttp);

  it('answers 503, and lets nobody through', async () => {
    const { app, url } = await startHttp(create, {
      controllers: [FilesController],
      security: {
        providers: [{ provide: ReplayStore, useValue: new MemoryReplayStore({ maxEntries: 1 }) }],
      },
    });
    const urls = app.get(SignedUrlService);
    const options = { purpose: 'reset', ttlSeconds: 60, oneTime: true };
    const [one, other] = [urls.signUrl('/reset', options), urls.signUrl('/reset', options)];
    expect((await fetch(url + one)).status).toBe(200);
    expect((await fetch(url + other)).status).toBe(503);
  });
});

describe('@SignedUrl', () => {
  it.each([{}, { purpose: '' }, { purpose: 'x', onetime: true }, { purpose: 'x', ttlSeconds: 5 }])(
    'refuses the rule %j when the class is made',
    (rule) => {
      expect(() => SignedUrl(rule as { purpose: string })).toThrow(TypeError);
    },
  );
});
