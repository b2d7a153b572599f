import { NestFactory } from '@nestjs/core';
import { sign as cookieSign, unsign as cookieUnsign } from 'cookie-signature';
import { jwtVerify, SignJWT } from 'jose';
import Keygrip from 'keygrip';
import { HmacService, Keyring, SecurityModule } from 'nestjs-security';
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import { circumstances, publish, table, versionOf } from './report.js';
import { summaryOf } from './statistics.js';

const ROUNDS = 300;
const WARM_UPS = 40;
const SIZES = [64, 1024, 64 * 1024];
const SECRET = randomBytes(32);
const SECRET_TEXT = SECRET.toString('base64url');

/** A line of a table: what is called, and how often in a round. */
interface Contender {
  readonly name: string;
  readonly call: () => unknown;
}

const app = await NestFactory.createApplicationContext(
  SecurityModule.forRoot({ keys: [{ id: 'now', secret: SECRET_TEXT }] }),
  { logger: false },
);
const hmac = app.get(HmacService);
const [{ key }] = app.get(Keyring).keysFor('hmac-sign');

function bareSign(data: Uint8Array): string {
  return `sha256=${createHmac('sha256', key).update(data).digest('hex')}`;
}

function bareVerify(data: Uint8Array, signature: string): boolean {
  const expected = createHmac('sha256', key).update(data).digest();
  const received = Buffer.from(signature.slice(7), 'hex');
  return received.length === expected.length && timingSafeEqual(received, expected);
}

/** Bare calls and ours in turn, the bare one at both ends: how far these two are apart is noise. */
function signatures(bytes: number): Contender[] {
  const data = randomBytes(bytes);
  const signature = bareSign(data);
  const shared = { key: SECRET_TEXT };
  return [
    { name: '`createHmac`', call: () => bareSign(data) },
    { name: '`sign`', call: () => hmac.sign(data) },
    { name: '`sign` with a `key`', call: () => hmac.sign(data, shared) },
    { name: '`createHmac`', call: () => bareSign(data) },
    { name: '`createHmac` and `timingSafeEqual`', call: () => bareVerify(data, signature) },
    { name: '`verify`', call: () => hmac.verify(data, signature) },
    { name: '`createHmac` and `timingSafeEqual`', call: () => bareVerify(data, signature) },
  ];
}

function cookies(): Contender[] {
  const value = randomBytes(24).toString('base64url');
  const life = { ttlSeconds: 3600 };
  const keygrip = new Keygrip([SECRET_TEXT], 'sha256');
  const [ours, theirs, grip] = [
    hmac.signCookie('session', value, life),
    cookieSign(value, SECRET_TEXT),
    keygrip.sign(`session=${value}`),
  ];
  return [
    { name: '`signCookie`', call: () => hmac.signCookie('session', value, life) },
    { name: 'cookie-signature, `sign`', call: () => cookieSign(value, SECRET_TEXT) },
    { name: 'keygrip, `sign`', call: () => keygrip.sign(`session=${value}`) },
    { name: '`unsignCookie`', call: () => hmac.unsignCookie('session', ours) },
    { name: 'cookie-signature, `unsign`', call: () => cookieUnsign(theirs, SECRET_TEXT) },
    { name: 'keygrip, `verify`', call: () => keygrip.verify(`session=${value}`, grip) },
  ];
}

async function tokens(): Promise<Contender[]> {
  const data = { userId: 'f1d2d2f9-24e9-4a53-8d2f-4c2d9d1c9b1a' };
  const options = { purpose: 'session', ttlSeconds: 3600 };
  const purpose = { purpose: 'session' };
  const jwtKey = createSecretKey(SECRET);
  const signJwt = (): Promise<string> =>
    new SignJWT(data)
      .setProtectedHeader({ alg: 'HS256', kid: 'now' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(jwtKey);
  const [ours, jwt] = [hmac.signToken(data, options), await signJwt()];
  return [
    { name: '`signToken`', call: () => hmac.signToken(data, options) },
    { name: 'jose, `SignJWT` with HS256', call: signJwt },
    { name: '`verifyToken`', call: () => hmac.verifyToken(ours, purpose) },
    {
      name: 'jose, `jwtVerify` with HS256',
      call: () => jwtVerify(jwt, jwtKey, { algorithms: ['HS256'] }),
    },
  ];
}

/** Microseconds a call, by contender. Each round runs them all, in turn. */
async function measure(contenders: readonly Contender[], calls: number) {
  const series = contenders.map((): number[] => []);
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    for (const [index, { call }] of contenders.entries()) {
      const microseconds = await time(call, calls);
      if (round >= 0) series[index]?.push(microseconds);
    }
  }
  return contenders.map(({ name }, index) => ({ name, ...summaryOf(series[index] ?? []) }));
}

/** Waits only for what is a promise, so that calls that answer at once do not pay for those that do not. */
async function time(call: () => unknown, calls: number): Promise<number> {
  const before = performance.now();
  for (let left = calls; left > 0; left -= 1) {
    const result = call();
    if (result instanceof Promise) await result;
  }
  return ((performance.now() - before) * 1000) / calls;
}

type Measured = Awaited<ReturnType<typeof measure>>;

function signatureRows(bytes: number, measured: Measured): string[][] {
  return measured.map(({ name, min, median }, index) => {
    const base = measured[index < 4 ? 0 : 4];
    const ratio = median / (base?.median ?? median);
    return [`${bytes}`, name, figure(min), figure(median), ratio.toFixed(2)];
  });
}

function figure(microseconds: number): string {
  return `${microseconds.toFixed(2)} µs`;
}

function plainTable(measured: Measured): string {
  const rows = measured.map(({ name, min, median }) => [name, figure(min), figure(median)]);
  return table([['call', 'min', 'median'], ...rows]);
}

const signatureTable: string[][] = [];
for (const bytes of SIZES) {
  signatureTable.push(
    ...signatureRows(bytes, await measure(signatures(bytes), bytes > 9999 ? 20 : 300)),
  );
}
const cookieTable = plainTable(await measure(cookies(), 200));
const tokenTable = plainTable(await measure(await tokens(), 100));
const peers = ['cookie-signature', 'keygrip', 'jose'].map((name) => `${name} ${versionOf(name)}`);

await publish(
  'hmac',
  `# The cost of signatures

${circumstances(...peers)}

HMAC-SHA256 of data, beside the bare calls of \`node:crypto\` under the same \`KeyObject\`:

${table([['bytes', 'call', 'min', 'median', 'times the bare call'], ...signatureTable])}

Cookies with a value of 32 characters. Ours also carries a key id and an expiry, and is bound to its name:

${cookieTable}

Tokens with a user's id, valid for an hour:

${tokenTable}

Method: \`npm run bench:hmac\`. Microseconds a call, in one process, from ${ROUNDS} rounds after ${WARM_UPS} of warm-up; each round makes some calls of every line in turn, so that what disturbs the machine disturbs all. The bare call is measured twice: how far the two are apart is noise.
`,
);
await app.close();
