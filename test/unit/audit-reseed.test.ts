import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { rawPublicKey } from '../../lib/audit/log/note/note-signer.js';
import { verifierKey } from '../../lib/audit/log/note/verifier-key.js';
import { RECOVERY_KEY_NAME } from '../../lib/audit/log/recovery-key-name.js';
import { reseedStream } from '../../lib/audit/log/reseed-stream.js';
import { trustOf } from '../../lib/audit/log/verify/trust-of.js';
import { verifyLog } from '../../lib/audit/log/verify/verify-log.js';
import type { Trust } from '../../lib/audit/log/verify/trust.js';
import { verifyChain } from '../support/audit-chain.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';

interface Case {
  readonly directory: string;
  readonly keyFolder: string;
  readonly stream: string;
  readonly recoveryKey: KeyObject;
  readonly trust: Trust;
}

async function start(directory: string): Promise<FileAuditLog> {
  const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
  await log.open();
  return log;
}

/** A log whose epoch key was lost, and what an auditor has of it. */
async function lostKey(): Promise<Case> {
  const directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  const log = await start(directory);
  for (let n = 1; n <= 5; n += 1) await log.append(auditBody(n));
  await log.close();
  const { name: stream } = onlyStream(directory);
  const keyFolder = join(directory, 'keys');
  const { privateKey: recoveryKey } = generateKeyPairSync('ed25519');
  const recovery = verifierKey(RECOVERY_KEY_NAME, rawPublicKey(recoveryKey));
  const trust = { ...(await trustOf(directory)), recovery };
  for (const file of readdirSync(keyFolder)) rmSync(join(keyFolder, file));
  return { directory, keyFolder, stream, recoveryKey, trust };
}

/** The problems of a log that has no anchor. */
async function problemsOf(directory: string, trust: Trust): Promise<string[]> {
  const { streams } = await verifyLog(directory, { trust });
  return streams.flatMap(({ problems }) => problems.map(({ kind }) => kind));
}

describe('A stream whose key was lost', () => {
  it('goes on with the recovery key, and verifies for whoever trusts that', async () => {
    const lost = await lostKey();
    await expect(start(lost.directory)).rejects.toMatchObject({ code: 'AUDIT_EPOCH_KEY_LOST' });
    const statement = await reseedStream(lost);
    expect(statement).toMatchObject({ size: 5 });
    const log = await start(lost.directory);
    await log.append(auditBody(6));
    await log.close();
    expect(verifyChain(onlyStream(lost.directory)).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await problemsOf(lost.directory, lost.trust)).toEqual(['anchor-missing']);
    const { recovery: _, ...without } = lost.trust;
    expect(await problemsOf(lost.directory, without)).toContain('reseed-untrusted');
  });

  it('does not verify with the recovery key of somebody else', async () => {
    const lost = await lostKey();
    const { privateKey } = generateKeyPairSync('ed25519');
    await reseedStream({ ...lost, recoveryKey: privateKey });
    expect(await problemsOf(lost.directory, lost.trust)).not.toEqual(['anchor-missing']);
  });

  it('is not continued over records that are missing', async () => {
    const lost = await lostKey();
    rmSync(onlyStream(lost.directory).segment);
    await expect(reseedStream(lost)).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' });
    expect(readdirSync(lost.keyFolder)).toEqual([]);
  });
});

describe('A stream that has its key', () => {
  it('is not given another one', async () => {
    const lost = await lostKey();
    await reseedStream(lost);
    await expect(reseedStream(lost)).rejects.toMatchObject({ code: 'AUDIT_EPOCH_KEY_PRESENT' });
  });

  it('is left alone while a process writes it', async () => {
    const lost = await lostKey();
    await reseedStream(lost);
    const log = await start(lost.directory);
    await expect(reseedStream(lost)).rejects.toMatchObject({ code: 'AUDIT_STREAM_IN_USE' });
    await log.close();
  });
});
