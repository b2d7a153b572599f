import { checkWhole } from '../../common/check-whole.js';
import { parseVerifierKey, type VerifierKey } from '../log/note/verifier-key.js';

const DEFAULT_TIMEOUT_MS = 10_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Settings of a {@link WitnessAuditAnchor}. */
export interface WitnessAuditAnchorOptions {
  /**
   * The submission prefix of the witness: `/add-checkpoint` is asked below it. An https URL without user, query
   * and fragment; http only for the machine's own addresses (`localhost`, `127.0.0.0/8`, `::1`).
   */
  url: string;
  /** The verifier key of the witness: a C2SP vkey of type 4 (Ed25519 cosignatures). */
  key: string;
  /**
   * The monitoring prefix of the witness: `/<hash of the origin>/checkpoint` is asked below it when the log starts.
   *
   * @default `url`
   */
  monitoringUrl?: string;
  /**
   * How long one answer may take, in milliseconds: 1 to 60000.
   *
   * @default 10000
   */
  timeoutMs?: number;
}

/** {@link WitnessAuditAnchorOptions} after checking. */
export interface ResolvedWitnessOptions {
  readonly url: string;
  readonly key: VerifierKey;
  readonly monitoringUrl: string;
  readonly timeoutMs: number;
}

/** @throws TypeError or RangeError that says which option is unfit */
export function resolveWitnessOptions(options: WitnessAuditAnchorOptions): ResolvedWitnessOptions {
  const { url, key: text, monitoringUrl = url, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const key = parseVerifierKey(text);
  if (key?.type !== 4) {
    throw new TypeError(
      'key of a witness must be its verifier key: <name>+<8 hex digits>+<base64>',
    );
  }
  checkWhole(timeoutMs, 'timeoutMs', 1, 60_000);
  return {
    url: checkUrl(url, 'url'),
    key,
    monitoringUrl: checkUrl(monitoringUrl, 'monitoringUrl'),
    timeoutMs,
  };
}

function checkUrl(value: string, option: string): string {
  if (isWitnessUrl(value)) return value.replace(/\/+$/, '');
  throw new TypeError(
    `${option} of a witness must be an https URL without user, query and fragment; http is for this machine only`,
  );
}

function isWitnessUrl(value: string): boolean {
  if (!URL.canParse(value) || /[?#\s]/.test(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}
