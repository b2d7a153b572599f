import { join } from 'node:path';
import { verifierKeyText, type VerifierKey } from '../note/verifier-key.js';
import type { Findings } from './findings.js';
import type { StreamContext, StreamKeys, VerifyNotes } from './stream-context.js';
import { GENESIS_FILE, IDENTITY_FILE, readGenesis, readIdentity } from './stream-identity.js';

/**
 * Finds the keys of a stream: those that are trusted, or else those that its folder states of itself.
 *
 * @returns nothing when the stream cannot be that one, or has no key at all
 * @throws AuditError `AUDIT_LOG_UNREADABLE`
 */
export async function streamKeys(
  context: StreamContext,
  findings: Findings,
): Promise<StreamKeys | undefined> {
  const epochKey = await firstKey(context, findings);
  if (!epochKey) return undefined;
  const identity = await identityKey(context, findings);
  return { epochKey, ...(identity && { identity }) };
}

/** How notes of this stream are verified. */
export function notesVerifier(context: StreamContext, { identity }: StreamKeys): VerifyNotes {
  const { stream, recovery, witnesses, runner } = context;
  const keys = {
    stream,
    ...(identity && { identity: verifierKeyText(identity) }),
    ...(recovery && { recovery: verifierKeyText(recovery) }),
    witnesses: witnesses.map(verifierKeyText),
  };
  return async (notes) => (await runner.run({ kind: 'notes', ...keys, notes })).verdicts;
}

async function firstKey(
  { directory, stream, trusted }: StreamContext,
  findings: Findings,
): Promise<Buffer | undefined> {
  const file = `${stream}/${GENESIS_FILE}`;
  const stated = await readGenesis(join(directory, stream), stream);
  if (typeof stated === 'string') {
    const kind = stated === 'missing' ? 'genesis-missing' : 'genesis-invalid';
    findings.add(kind, 'nothing says with which key the stream began', { seq: 0, file });
    return trusted?.epochKey;
  }
  if (!trusted || trusted.epochKey.equals(stated)) return stated;
  findings.add('genesis-mismatch', 'the stream began with another key than the trusted one', {
    seq: 0,
    file,
  });
  return undefined;
}

async function identityKey(
  { directory, stream, trusted }: StreamContext,
  findings: Findings,
): Promise<VerifierKey | undefined> {
  const file = `${stream}/${IDENTITY_FILE}`;
  const stated = await readIdentity(join(directory, stream), stream);
  const key = typeof stated === 'string' ? undefined : stated;
  if (stated === 'irregular') {
    findings.add('file-irregular', 'it is no regular file', { seq: 0, file });
    return trusted?.identity;
  }
  if (!trusted) return key;
  if (stated !== 'missing' && !key?.publicKey.equals(trusted.identity.publicKey)) {
    findings.add('identity-mismatch', 'the identity key is another one than the trusted one', {
      seq: 0,
      file,
    });
  }
  return trusted.identity;
}
