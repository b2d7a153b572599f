import { AuditError } from '../../errors/audit.error.js';
import { anchorFailed } from './anchor-failed.js';

const MAX_ANSWER_BYTES = 64 * 1024;

/** A request to a witness. */
export interface WitnessRequest {
  /** The anchor's name, for errors. */
  readonly anchor: string;
  readonly url: string;
  /** What is posted; without it, the URL is asked for. */
  readonly body?: string;
  /** How long the whole answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a witness answered. */
export interface WitnessAnswer {
  readonly status: number;
  /** The media type, in lower case, without parameters. */
  readonly mediaType: string;
  readonly body: string;
}

/**
 * Asks a witness. A redirect is not followed but given back as the answer that it is.
 *
 * @throws AuditError `AUDIT_ANCHOR_FAILED` when there is no whole answer in time, or one beyond 64 KiB
 */
export async function askWitness(request: WitnessRequest): Promise<WitnessAnswer> {
  const { anchor, url, body, timeoutMs } = request;
  const signal = AbortSignal.timeout(timeoutMs);
  const headers = { 'User-Agent': 'nestjs-security' };
  const posted = body === undefined ? {} : { method: 'POST', body };
  try {
    const response = await fetch(url, { headers, ...posted, redirect: 'manual', signal });
    const bytes = await readAnswer(response);
    if (!bytes) throw anchorFailed(anchor, `answered with more than ${MAX_ANSWER_BYTES} bytes`);
    const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    return {
      status: response.status,
      mediaType: mediaType.trim().toLowerCase(),
      body: bytes.toString('utf8'),
    };
  } catch (error) {
    if (signal.aborted) throw anchorFailed(anchor, `gave no answer within ${timeoutMs} ms`, error);
    throw error instanceof AuditError ? error : anchorFailed(anchor, 'cannot be reached', error);
  }
}

/** Reads the answer as it comes, so that no more than the limit is ever held. */
async function readAnswer(response: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels what is still to come.
    if (length > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
