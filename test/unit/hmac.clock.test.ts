import {
  MemoryReplayStore,
  readDjangoSigned,
  readItsdangerous,
  type Clock,
  type HmacService,
} from 'nestjs-security';
import { NOW, startHmac } from '../support/hmac.js';

const CLOCKS: [string, unknown][] = [
  ['NaN', NaN],
  ['nothing', undefined],
  ['text', String(NOW * 1000)],
  ['a Date', new Date(NOW * 1000)],
  ['an infinite time', -Infinity],
];
// Signed under the key "secret": by itsdangerous 2.2.0, and as Django does it with Python's hmac.
const ITSDANGEROUS = 'value.awjIYw.uHToBf6JrbEXLvJLiBnqfhu3SRU';
const DJANGO = 'value:1vabcd:dPBam1Bxp1JT1DGdlqh_IR2RiaNQ2tlPXQiwIvCmt3I';
const PUBLIC_ORIGIN = 'https://app.example.com';

describe.each(CLOCKS)('a clock that tells %s', (_, time) => {
  let hmac: HmacService;
  let sets: (value: unknown) => void;

  beforeEach(async () => {
    let told: unknown = NOW * 1000;
    sets = (value) => (told = value);
    const clock = (() => told) as Clock;
    ({ hmac } = await startHmac({ clock, publicOrigin: PUBLIC_ORIGIN }));
  });

  it('accepts nothing that is signed', async () => {
    const purpose = 'x';
    const token = hmac.signToken(1, { purpose, ttlSeconds: 1 });
    const url = hmac.signUrl('/x', { purpose, ttlSeconds: 1 });
    const cookie = hmac.signCookie('c', 'x', { ttlSeconds: 1 });
    const request = { method: 'GET', url: `${PUBLIC_ORIGIN}/x` };
    const headers = { ...hmac.signRequest(request) };
    sets(time);
    expect(() => hmac.verifyToken(token, { purpose })).toThrow('clock');
    expect(() => hmac.verifyUrl({ method: 'GET', url, purpose })).toThrow('clock');
    expect(() => hmac.unsignCookie('c', cookie)).toThrow('clock');
    await expect(
      hmac.verifyRequest({ method: 'GET', url: '/x', headers, rawBody: undefined }),
    ).rejects.toThrow('clock');
  });

  it('brings nothing to life again that was used', async () => {
    const store = new MemoryReplayStore({ clock: (() => time) as Clock });
    await expect(store.consume('a:1', 1000)).rejects.toThrow('clock');
  });

  it('accepts nothing of Python that has an age', () => {
    const options = { key: 'secret', maxAgeSeconds: 1, clock: (() => time) as Clock };
    const form = 'TimestampSigner';
    expect(() => readItsdangerous(ITSDANGEROUS, { ...options, form })).toThrow('clock');
    expect(() => readDjangoSigned(DJANGO, { ...options, form })).toThrow('clock');
  });
});
