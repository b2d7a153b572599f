import { Body, Controller, Post, Req } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { HmacService, type IncomingRequest } from 'nestjs-security';
import { SecurityTestingModule } from 'nestjs-security/testing';
import { connect } from 'node:http2';

const PUBLIC_ORIGIN = 'https://app.example.com';

@Controller('notes')
class NotesController {
  constructor(private readonly hmac: HmacService) {}

  @Post()
  async add(
    @Req() request: IncomingRequest & { originalUrl: string },
    @Body() body: unknown,
  ): Promise<object> {
    const { method, originalUrl: url, headers, rawBody } = request;
    const { ok } = await this.hmac.verifyRequest({ method, url, headers, rawBody });
    return { ok, body: body ?? null };
  }
}

function post(origin: string, headers: object, body: string | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const client = connect(origin);
    client.on('error', reject);
    const stream = client.request({ ':method': 'POST', ':path': '/notes', ...headers });
    let answer = '';
    stream.setEncoding('utf8');
    stream.on('data', (text) => (answer += text));
    stream.on('end', () => {
      client.close();
      resolve(JSON.parse(answer));
    });
    stream.end(body);
  });
}

it('gives a signed request over HTTP/2 no body on its way', async () => {
  const module = await Test.createTestingModule({
    imports: [SecurityTestingModule.forRoot({ hmac: { publicOrigin: PUBLIC_ORIGIN } })],
    controllers: [NotesController],
  }).compile();
  // The types of the adapter know HTTP/1 only.
  const adapter = new FastifyAdapter({ http2: true } as object);
  const app = module.createNestApplication(adapter, { logger: false, rawBody: true });
  await app.listen(0, '127.0.0.1');
  const [hmac, origin] = [app.get(HmacService), await app.getUrl()];
  const sign = (headers: Record<string, string>, body?: string) => ({
    ...headers,
    ...hmac.signRequest({
      method: 'POST',
      url: `${PUBLIC_ORIGIN}/notes`,
      headers,
      ...(body !== undefined && { body }),
    }),
  });
  const [text, json] = ['text/plain', 'application/json'].map((type) => ({ 'content-type': type }));

  expect(await post(origin, sign({ ...text }), 'added')).toMatchObject({ ok: false });
  expect(await post(origin, sign({ ...json }), '{"added":1}')).toMatchObject({ ok: false });
  expect(await post(origin, sign({}), 'added')).toEqual({ ok: true, body: null });
  expect(await post(origin, sign({}), undefined)).toEqual({ ok: true, body: null });
  const body = '{"a":1}';
  expect(await post(origin, sign({ ...json }, body), body)).toEqual({ ok: true, body: { a: 1 } });
  await app.close();
});
