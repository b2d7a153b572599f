import { verifierKeyText } from '../note/verifier-key.js';
import type { Trust } from './trust.js';

/** Writes a trust file, as `parseTrust` reads it. */
export function trustText({ streams, recovery, witnesses }: Trust): string {
  const document = {
    v: 1,
    streams: streams.map(({ stream, epochKey, identity }) => ({
      stream,
      epochKey: epochKey.toString('base64'),
      identity: verifierKeyText(identity),
    })),
    ...(recovery && { recovery: verifierKeyText(recovery) }),
    ...(witnesses.length > 0 && { witnesses: witnesses.map(verifierKeyText) }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
