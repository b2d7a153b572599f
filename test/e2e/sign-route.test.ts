import {
  All,
  Controller,
  Get,
  Module,
  Param,
  Post,
  Query,
  RequestMethod,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type INestApplication,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { HmacService, SignedUrl } from 'nestjs-security';
import { endOf } from '../support/error-code.js';
import { adapters, startHttp, stopHttp } from '../support/http-app.js';

const MINUTE = { ttlSeconds: 60 };

@Controller('reports')
class ReportsController {
  @Get(':year/files/:name')
  @SignedUrl({ purpose: 'download' })
  file(@Param() params: object, @Query('q') query: unknown): object {
    return { ...params, query };
  }

  @Post(['confirm', 'confirmation'])
  @SignedUrl({ purpose: 'confirm', oneTime: true })
  confirm(): object {
    return { confirmed: true };
  }

  @All('any')
  @SignedUrl({ purpose: 'any' })
  any(): object {
    return { any: true };
  }

  @Get('plain')
  plain(): object {
    return {};
  }

  noRoute(): void {}
}

@Controller()
@SignedUrl({ purpose: 'root' })
class RootController {
  @Get()
  root(): object {
    return { root: true };
  }
}

@Controller({ path: 'versioned', version: ['2', '3'] })
@SignedUrl({ purpose: 'versioned' })
class VersionedController {
  @Get('own')
  @Version('7')
  own(): object {
    return { version: 7 };
  }

  @Get('of-class')
  ofClass(): object {
    return { version: 2 };
  }

  @Get('neutral')
  @Version(VERSION_NEUTRAL)
  neutral(): object {
    return { version: 'none' };
  }
}

@Controller({ path: 'hosted', host: 'a.example' })
class HostedController {
  @Get()
  @SignedUrl({ purpose: 'hosted' })
  hosted(): void {}
}

@Controller('strange')
class StrangeController {
  @Get()
  @SignedUrl({ purpose: 'strange' })
  strange(): void {}
}

@Module({ controllers: [ReportsController] })
class ReportsModule {}

@Module({ controllers: [ReportsController] })
class TwinModule {}

describe.each(adapters)('signRoute on $adapter', ({ create }) => {
  afterEach(stopHttp);

  const start = async (configure?: (app: INestApplication) => void) => {
    const controllers = [ReportsController, RootController, VersionedController, HostedController];
    const { app, url } = await startHttp(create, { controllers, ...(configure && { configure }) });
    const hmac = app.get(HmacService);
    const get = async (target: string): Promise<unknown> => (await fetch(url + target)).json();
    return { hmac, get, url };
  };

  it('fills the path and the query so that they arrive as they were', async () => {
    const { hmac, get } = await start();
    const target = hmac.signRoute(ReportsController, 'file', {
      params: { year: 2026, name: "a/b c?#'ü%..:&" },
      query: { q: ["x'&=#ü", 'y +'], n: 1, b: true },
      ...MINUTE,
    });
    expect(target).toMatch(
      /^\/reports\/2026\/files\/a%2Fb%20c%3F%23%27%C3%BC%25\.\.%3A%26\?q=x%27%26%3D%23%C3%BC&q=y%20%2B&n=1&b=true&expires=/,
    );
    expect(await get(target)).toEqual({
      year: '2026',
      name: "a/b c?#'ü%..:&",
      query: ["x'&=#ü", 'y +'],
    });
  });

  it('signs for what the route says: its method, the first of its paths, one use', async () => {
    const { hmac, url } = await start();
    const target = hmac.signRoute(ReportsController, 'confirm', MINUTE);
    expect(target).toMatch(/^\/reports\/confirm\?expires=\d+&once=/);
    const post = async () => (await fetch(url + target, { method: 'POST' })).status;
    expect(await post()).toBe(201);
    expect(await post()).toBe(410);
  });

  it('signs the root', async () => {
    const { hmac, get } = await start();
    expect(await get(hmac.signRoute(RootController, 'root', MINUTE))).toEqual({ root: true });
  });

  it('knows the global prefix, and what is excluded from it', async () => {
    const { hmac, get } = await start((app) =>
      app.setGlobalPrefix('api', {
        exclude: [{ path: 'reports/:year/files/:name', method: RequestMethod.GET }],
      }),
    );
    const file = hmac.signRoute(ReportsController, 'file', {
      params: { year: 1, name: 'x' },
      ...MINUTE,
    });
    expect(file).toMatch(/^\/reports\/1\/files\/x\?/);
    expect(await get(file)).toMatchObject({ name: 'x' });
    const root = hmac.signRoute(RootController, 'root', MINUTE);
    expect(root).toMatch(/^\/api\?/);
    expect(await get(root)).toEqual({ root: true });
  });

  it('knows the versions that stand in the path', async () => {
    const { hmac, get } = await start((app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    });
    const own = hmac.signRoute(VersionedController, 'own', MINUTE);
    const ofClass = hmac.signRoute(VersionedController, 'ofClass', MINUTE);
    const neutral = hmac.signRoute(VersionedController, 'neutral', MINUTE);
    const byDefault = hmac.signRoute(RootController, 'root', MINUTE);
    expect([own, ofClass, neutral, byDefault].map((each) => each.split('?')[0])).toEqual([
      '/api/v7/versioned/own',
      '/api/v2/versioned/of-class',
      '/api/versioned/neutral',
      '/api/v1',
    ]);
    expect(await get(own)).toEqual({ version: 7 });
    expect(await get(ofClass)).toEqual({ version: 2 });
    expect(await get(neutral)).toEqual({ version: 'none' });
    expect(await get(byDefault)).toEqual({ root: true });
  });

  it('refuses versions that stand in a header, and no route without one', async () => {
    const { hmac, get } = await start((app) =>
      app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    );
    expect(() => hmac.signRoute(VersionedController, 'own', MINUTE)).toThrow(
      'VersionedController.own has a version',
    );
    expect(await get(hmac.signRoute(VersionedController, 'neutral', MINUTE))).toEqual({
      version: 'none',
    });
    expect(await get(hmac.signRoute(RootController, 'root', MINUTE))).toEqual({ root: true });
  });

  it('knows the path that RouterModule gave to a module, and refuses two', async () => {
    const { app, url } = await startHttp(create, {
      imports: [
        ReportsModule,
        RouterModule.register([{ path: 'area/:area', module: ReportsModule }]),
      ],
    });
    const target = app.get(HmacService).signRoute(ReportsController, 'file', {
      params: { area: 'a', year: 1, name: 'x' },
      ...MINUTE,
    });
    expect(target).toMatch(/^\/area\/a\/reports\/1\/files\/x\?/);
    expect(await (await fetch(url + target)).json()).toMatchObject({ area: 'a', name: 'x' });
    const twins = await startHttp(create, {
      imports: [
        ReportsModule,
        TwinModule,
        RouterModule.register([{ path: 'twin', module: TwinModule }]),
      ],
    });
    const sign = () =>
      twins.app.get(HmacService).signRoute(ReportsController, 'any', { method: 'GET', ...MINUTE });
    expect(sign).toThrow('ReportsController.any has several prefixes');
  });

  it('takes a method for a route of all, and a purpose for a route without one', async () => {
    const { hmac, get } = await start();
    expect(
      await get(hmac.signRoute(ReportsController, 'any', { method: 'GET', ...MINUTE })),
    ).toEqual({ any: true });
    const url = hmac.signRoute(ReportsController, 'plain', { purpose: 'own', ...MINUTE });
    expect(hmac.verifyUrl({ method: 'GET', url, purpose: 'own' }).ok).toBe(true);
    expect(
      hmac.signRoute(ReportsController, 'confirm', {
        purpose: 'confirm',
        oneTime: true,
        ...MINUTE,
      }),
    ).toContain('once=');
  });

  it('refuses what it cannot sign, and names it', async () => {
    const { hmac } = await start();
    const refused = (
      handler: string,
      options: object,
      controller: unknown = ReportsController,
    ): string => {
      const sign = () =>
        hmac.signRoute(controller as typeof ReportsController, handler as 'file', {
          ...MINUTE,
          ...options,
        });
      expect(endOf(sign)).toBe('TypeError');
      try {
        return sign();
      } catch (error) {
        return (error as Error).message;
      }
    };
    const params = { year: 1, name: 'x' };
    expect(refused('noRoute', {})).toBe('ReportsController.noRoute is no handler of a route');
    expect(refused('constructor', {})).toContain('is no handler');
    expect(refused('nothing', {})).toContain('is no handler');
    expect(refused('strange', {}, StrangeController)).toContain(
      'belongs to no controller of this application',
    );
    expect(refused('hosted', {}, HostedController)).toContain('has a host');
    expect(refused('any', {})).toContain('takes all methods');
    expect(refused('plain', {})).toContain('has no @SignedUrl');
    expect(refused('file', {})).toContain('params.year is missing');
    expect(refused('file', { params: { ...params, id: 1 } })).toContain('has no parameter "id"');
    for (const name of ['', '.', '..', undefined, null, {}, NaN, '\ud800'])
      refused('file', { params: { ...params, name } });
    for (const q of [undefined, {}, [undefined], Infinity, '\ud800'])
      refused('file', { params, query: { q } });
    expect(refused('file', { params, query: { expires: 1 } })).toContain('"expires"');
    expect(refused('file', { params, purpose: 'upload' })).toContain('contradict');
    expect(refused('file', { params, oneTime: true })).toContain('contradict');
    expect(refused('file', { params, method: 'POST' })).toContain('contradict');
    expect(refused('file', { params, ttl: 5 })).toContain('has no option "ttl"');
    expect(refused('file', { params, ttlSeconds: 0 })).toContain('ttlSeconds');
  });
});
