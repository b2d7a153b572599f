import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consistencyOf, leafOf, rootOf } from './rfc6962.js';

/** What a checkpoint is to say that differs from the truth, or is beside it. */
export interface NoteChanges {
  readonly size?: number;
  readonly root?: Buffer;
  readonly epoch?: number;
  readonly time?: string;
  readonly extension?: string;
}

/** A stream on the disk and its keys, made by the description of the format alone. */
export class WrittenStream {
  readonly name: string;
  readonly folder: string;
  /** May be emptied, to save memory. */
  readonly lines: string[] = [];
  readonly leaves: Buffer[] = [];
  readonly #identity = generateKeyPairSync('ed25519');
  readonly #epochs = new Map<number, KeyObject>();
  #segment = segmentName(0);
  #prev = leafOf('genesis').toString('hex');

  constructor(name = '0-teststrm') {
    this.name = name;
    this.folder = mkdtempSync(join(tmpdir(), 'audit-stream-'));
  }

  get size(): number {
    return this.leaves.length;
  }

  get origin(): string {
    return `nestjs-security/audit/${this.name}`;
  }

  /** The text of the identity key, as `identity.vkey` holds it. */
  get identity(): string {
    return vkeyOf(this.origin, 1, rawKey(this.#identity.publicKey));
  }

  /** Appends records to the current segment. */
  append(count = 1, detail = ''): void {
    let text = '';
    for (let left = count; left > 0; left -= 1) {
      const line = this.#next(detail);
      text += `${line}\n`;
      this.lines.push(line);
      this.leaves.push(leafOf(line));
      this.#prev = leafOf(line).toString('hex');
    }
    this.appendRaw(text);
  }

  /** Appends whatever to the current segment. */
  appendRaw(text: string): void {
    appendFileSync(join(this.folder, this.#segment), text);
  }

  /** Goes on with another segment. */
  rotate(): void {
    this.#segment = segmentName(this.size);
    this.appendRaw('');
  }

  /** The path of the segment that begins with a record. */
  segment(first: number): string {
    return join(this.folder, segmentName(first));
  }

  hashAt(seq: number): string {
    return this.leaves[seq]?.toString('hex') ?? '';
  }

  /** A proof that the first records lead to more of them. */
  proof(oldSize: number, size: number): Buffer[] {
    return consistencyOf(oldSize, this.leaves.slice(0, size));
  }

  /** A checkpoint, signed by the epoch's key and the identity key. */
  note(changes: NoteChanges = {}): string {
    const { size = this.size, epoch = 0, time = '2026-11-27T02:30:00.000Z' } = changes;
    const root = changes.root ?? rootOf(this.leaves.slice(0, size));
    const extension = changes.extension === undefined ? '' : `${changes.extension}\n`;
    const text = `${this.origin}\n${size}\n${root.toString('base64')}\nepoch ${epoch}\ntime ${time}\n${extension}`;
    const lines = [
      signatureLine(`${this.origin}/epoch/${epoch}`, this.#epochKey(epoch), text),
      signatureLine(this.origin, this.#identity.privateKey, text),
    ];
    return `${text}\n${lines.join('')}`;
  }

  #epochKey(epoch: number): KeyObject {
    const key = this.#epochs.get(epoch) ?? generateKeyPairSync('ed25519').privateKey;
    this.#epochs.set(epoch, key);
    return key;
  }

  #next(detail: string): string {
    const seq = this.size;
    const details = detail === '' ? '' : `,"details":{"text":${JSON.stringify(detail)}}`;
    return `{"v":1,"seq":${seq},"prev":"${this.#prev}","id":"${this.name}:${seq}","time":"2026-11-27T02:30:00.000Z","event":"user_created","level":"info"${details}}`;
  }
}

/** The text of a verifier key, as c2sp.org/signed-note has it. */
export function vkeyOf(name: string, type: number, key: Buffer): string {
  const material = Buffer.concat([Buffer.of(type), key]);
  return `${name}+${keyId(name, type, key).toString('hex')}+${material.toString('base64')}`;
}

/** The id of a key, as c2sp.org/signed-note has it. */
export function keyId(name: string, type: number, key: Buffer): Buffer {
  const hash = createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(key);
  return hash.digest().subarray(0, 4);
}

/** The 32 bytes of an Ed25519 key: they end its SPKI form. */
export function rawKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32);
}

function signatureLine(name: string, key: KeyObject, text: string): string {
  const id = keyId(name, 1, rawKey(createPublicKey(key)));
  const signature = sign(null, Buffer.from(text), key);
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

function segmentName(first: number): string {
  return `seg-${String(first).padStart(16, '0')}.jsonl`;
}
