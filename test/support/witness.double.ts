import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isConsistent } from './rfc6962.js';
import { keyId, rawKey, vkeyOf } from './written-stream.js';

/** What goes over the wire. */
export interface WitnessReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Log {
  readonly key: Buffer;
  /** The checkpoint that was cosigned last, with its cosignature. */
  latest?: { readonly size: number; readonly root: Buffer; readonly note: string };
}

interface Submission {
  readonly oldSize: number;
  readonly proof: readonly Buffer[];
  readonly text: string;
  readonly signatures: readonly string[];
  readonly note: string;
}

const EMPTY_ROOT = createHash('sha256').digest();
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** A witness, written from c2sp.org/tlog-witness alone, on a free port of this machine. */
export class WitnessDouble {
  readonly name = 'witness.example/w1';
  /** What was posted, oldest first. */
  readonly posted: string[] = [];
  /** What it answered, oldest first. */
  readonly statuses: number[] = [];
  /** The time of its cosignatures, in seconds. */
  seconds = 1_795_746_600;
  /** Changes an answer on its way out; `hang` sends none. */
  trouble: ((reply: WitnessReply) => WitnessReply | 'hang') | undefined;
  /** Comes between the submission and its check, as the submission of somebody else. */
  interrupted: (() => void) | undefined;
  readonly #keys = generateKeyPairSync('ed25519');
  readonly #logs = new Map<string, Log>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  /** Its verifier key. */
  get vkey(): string {
    return vkeyOf(this.name, 4, rawKey(this.#keys.publicKey));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/submit`;
  }

  /** Knows a log from now on, by the verifier key of its identity. */
  add(identity: string): void {
    const [, origin = '', key = ''] = /^([^+]+)\+[0-9a-f]{8}\+(.{44})$/.exec(identity) ?? [];
    this.#logs.set(origin, { key: Buffer.from(key, 'base64').subarray(1) });
  }

  /** How many records it has seen of a log. */
  sizeOf(origin: string): number {
    return this.#logs.get(origin)?.latest?.size ?? 0;
  }

  /** Answers a submission, as the specification says. */
  addCheckpoint(body: string): WitnessReply {
    const submission = parseSubmission(body);
    if (!submission) return { status: 400, body: 'malformed\n' };
    const [origin = '', digits = '', encoded = ''] = submission.text.split('\n');
    const log = this.#logs.get(origin);
    if (!log) return { status: 404, body: 'unknown log\n' };
    if (!isSigned(origin, log.key, submission)) return { status: 403, body: 'not signed\n' };
    const next = { size: Number(digits), root: Buffer.from(encoded, 'base64') };
    if (submission.oldSize > next.size) return { status: 400, body: 'old is larger\n' };
    const held = log.latest ?? { size: 0, root: EMPTY_ROOT };
    if (submission.oldSize !== held.size) {
      const headers = { 'content-type': 'text/x.tlog.size' };
      return { status: 409, body: `${held.size}\n`, headers };
    }
    if (!continues(held, next, submission.proof)) return { status: 422, body: 'inconsistent\n' };
    const line = this.cosign(submission.text);
    log.latest = { ...next, note: `${submission.note}${line}` };
    return { status: 200, body: line };
  }

  /** A cosignature/v1 line for a text. */
  cosign(text: string, seconds = this.seconds, name = this.name): string {
    const signed = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const id = keyId(name, 4, rawKey(this.#keys.publicKey));
    const signature = Buffer.concat([id, time, sign(null, signed, this.#keys.privateKey)]);
    return `— ${name} ${signature.toString('base64')}\n`;
  }

  /** The newest checkpoint of a log, by the hash of its origin. */
  #checkpoint(path: string): WitnessReply {
    const [, hash] = /^\/submit\/([0-9a-f]{64})\/checkpoint$/.exec(path) ?? [];
    const found = [...this.#logs].find(
      ([origin]) => createHash('sha256').update(origin).digest('hex') === hash,
    );
    const note = found?.[1].latest?.note;
    return note === undefined ? { status: 404, body: 'none\n' } : { status: 200, body: note };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.#answer(request);
    const sent = this.trouble?.(reply) ?? reply;
    if (sent === 'hang') return;
    this.statuses.push(sent.status);
    response.writeHead(sent.status, { 'content-type': 'text/plain', ...sent.headers });
    response.end(sent.body);
  }

  async #answer(request: IncomingMessage): Promise<WitnessReply> {
    const { method, url = '' } = request;
    if (method === 'GET') return this.#checkpoint(url);
    if (method !== 'POST' || url !== '/submit/add-checkpoint') return { status: 405, body: '' };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    this.posted.push(body);
    const interrupt = this.interrupted;
    this.interrupted = undefined;
    interrupt?.();
    return this.addCheckpoint(body);
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

function parseSubmission(body: string): Submission | undefined {
  const [, old, lines = '', note = ''] =
    /^old (0|[1-9]\d*)\n((?:[A-Za-z0-9+/]{43}=\n){0,63})\n([^]*)$/.exec(body) ?? [];
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  if (old === undefined || !/^[^\n]+\n(0|[1-9]\d*)\n[A-Za-z0-9+/]{43}=\n/.test(text))
    return undefined;
  return {
    oldSize: Number(old),
    proof: lines
      .split('\n')
      .slice(0, -1)
      .map((line) => Buffer.from(line, 'base64')),
    text,
    signatures: note
      .slice(end + 2)
      .split('\n')
      .slice(0, -1),
    note,
  };
}

/** A trusted key must have signed, and no signature line of it may fail. */
function isSigned(origin: string, key: Buffer, { text, signatures }: Submission): boolean {
  const spki = Buffer.concat([ED25519_SPKI, key]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const own = signatures.flatMap((line) => {
    const [dash, name, encoded = ''] = line.split(' ');
    const bytes = Buffer.from(encoded, 'base64');
    const isOwn = name === origin && bytes.subarray(0, 4).equals(keyId(origin, 1, key));
    return dash === '—' && isOwn ? [bytes.subarray(4)] : [];
  });
  return own.length > 0 && own.every((each) => verify(null, Buffer.from(text), publicKey, each));
}

function continues(
  held: { readonly size: number; readonly root: Buffer },
  next: { readonly size: number; readonly root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (next.size === 0) return next.root.equals(EMPTY_ROOT) && proof.length === 0;
  if (held.size === 0) return proof.length === 0;
  return isConsistent(held, next, proof);
}
