import { factsOf, headerValues, type HttpRequest } from '../../lib/context/http-request.js';

const FORWARDED = {
  'x-forwarded-for': '203.0.113.7',
  'x-real-ip': '203.0.113.8',
  forwarded: 'for=203.0.113.9',
};

describe('factsOf', () => {
  it("takes the client's address from the framework and never from forwarding headers", () => {
    expect(factsOf({ ip: '198.51.100.1', headers: FORWARDED }).origin).toEqual({
      ip: '198.51.100.1',
    });
    expect(factsOf({ headers: FORWARDED }).origin).toEqual({});
  });

  it.each([
    ['Express', { route: { path: '/users/:id' } }],
    ['Fastify', { routeOptions: { url: '/users/:id' } }],
  ])("gives the template of %s's route, never the path that was sent", (_, route) => {
    const request = { method: 'GET', url: '/users/7?token=x', headers: {}, ...route };
    expect(factsOf(request).http).toEqual({ method: 'GET', route: '/users/:id' });
  });

  it('leaves out a route that is no text', () => {
    expect(factsOf({ headers: {}, route: { path: /^\/users/ } }).http).toEqual({});
  });

  it('keeps 256 characters of the user agent', () => {
    const { origin } = factsOf({ headers: { 'user-agent': 'a'.repeat(10_000) } });
    expect(origin.ua).toBe('a'.repeat(256));
  });
});

describe('headerValues', () => {
  const rawHeaders = ['X-API-Key', 'one', 'Host', 'x-api-key', 'x-api-KEY', 'two'];
  const headers = { 'x-api-key': 'one, two' };
  const requests: [string, HttpRequest][] = [
    ['Express', { headers, rawHeaders }],
    ['Fastify', { headers, raw: { rawHeaders } }],
  ];

  it.each(requests)('tells repeated headers of %s apart, in any case', (_, request) => {
    expect(headerValues(request, 'x-api-key')).toEqual(['one', 'two']);
  });

  it('gives nothing for a header that was not sent', () => {
    expect(headerValues({ headers: {}, rawHeaders }, 'authorization')).toEqual([]);
  });
});
