import type { INestApplication } from '@nestjs/common';
import {
  AuditService,
  EncryptionService,
  PasswordPolicyService,
  PasswordService,
  SecurityError,
  TotpService,
} from 'nestjs-security';
import { createHmac } from 'node:crypto';
import { API_KEY, WEBHOOK_SECRET } from './app.module.js';

const DJANGO = 'pbkdf2_sha256$10000$kjVJaVz6qsnJ$5yPHw3rwJGECpUf70daLGhOrQ5+AMxIJdz1c3bqK1Rs=';
const BCRYPT = '$2b$04$LSrKjFXps4Y.xCR7YC/y/.FZ49m8jrTCJ1ztTQ7NtJUWlVTE.9d4i';

declare module 'nestjs-security' {
  interface DeclaredAuditEvents {
    exercise_done: true;
  }
}

/** What a run found; the test of the package reads it from the output. */
export interface Findings {
  node: string;
  /** HTTP statuses, by what was sent. */
  statuses: Record<string, number>;
  whoami: unknown;
  passwords: { right: boolean; wrong: boolean; django: boolean; bcrypt: string };
  policy: string[];
  decrypted: string;
  oneTimePassword: { ok: boolean; qrCode: string };
  argon2Loaded: { afterBoot: boolean; afterHash: boolean };
}

/** Uses every service of an application that listens, as its users would. */
export async function exercise(app: INestApplication): Promise<Findings> {
  await app.listen(0, '127.0.0.1');
  const address = await app.getUrl();
  const get = (headers: Record<string, string>) => fetch(`${address}/whoami`, { headers });
  const authenticated = await get({ 'X-API-Key': API_KEY });
  const statuses = {
    'no API key': (await get({})).status,
    'wrong API key': (await get({ 'X-API-Key': 'wrong' })).status,
    'right API key': authenticated.status,
    'signed webhook': (await deliver(address, '{"zen": "Anything added dilutes."}')).status,
    'changed webhook': (await deliver(address, '{"zen": "x"}', '{"zen": "y"}')).status,
  };
  const encryption = app.get(EncryptionService);
  const afterBoot = isArgon2Loaded();
  const passwords = await passwordsOf(app.get(PasswordService));
  const { violations } = await app.get(PasswordPolicyService).evaluate('password1234567');
  await app.get(AuditService).record({ event: 'exercise_done', outcome: 'success' });
  return {
    node: process.version,
    statuses,
    whoami: await authenticated.json(),
    passwords,
    policy: violations.map(({ code }) => code),
    decrypted: encryption.decryptToString(encryption.encrypt('a note')),
    oneTimePassword: await oneTimePasswordOf(app.get(TotpService)),
    argon2Loaded: { afterBoot, afterHash: isArgon2Loaded() },
  };
}

async function passwordsOf(service: PasswordService): Promise<Findings['passwords']> {
  const stored = await service.hash('correct horse');
  return {
    right: await service.verify(stored, 'correct horse'),
    wrong: await service.verify(stored, 'battery staple'),
    django: await service.verify(DJANGO, 'not a password'),
    // These applications did not install a package of bcrypt.
    bcrypt: await codeOf(service.verify(BCRYPT, 'correct horse battery staple')),
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    return String(await work);
  } catch (error) {
    if (error instanceof SecurityError) return error.code;
    throw error;
  }
}

/** These applications did not install the package that draws QR codes. */
async function oneTimePasswordOf(totp: TotpService): Promise<Findings['oneTimePassword']> {
  const secret = await totp.generateSecret();
  const code = await totp.generate(secret);
  const { ok } = await totp.verify(code, secret, { lastAcceptedStep: null });
  const uri = await totp.uri(secret, { account: 'ann', issuer: 'Exercise' });
  const qrCode = await codeOf(totp.qrCodeSvg(uri));
  return { ok, qrCode };
}

function deliver(address: string, body: string, signed = body): Promise<Response> {
  const digest = createHmac('sha256', WEBHOOK_SECRET).update(signed).digest('hex');
  return fetch(`${address}/webhooks/github`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Hub-Signature-256': `sha256=${digest}` },
    body,
  });
}

/** Asks the process itself, which lists every native library that it has loaded. */
function isArgon2Loaded(): boolean {
  const report = process.report.getReport() as unknown as { sharedObjects: string[] };
  return report.sharedObjects.some((path) => path.includes('argon2'));
}
