import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../../common/system-error-code.js';
import { epochKeyLost, keyUnreadable } from '../file-audit-log.errors.js';
import { epochKeyName, originOf } from '../note/log-checkpoint.js';
import { noteSigner, rawPublicKey, type NoteSigner } from '../note/note-signer.js';
import { syncFolderSync, writeDurablySync } from './durable-sync.js';

/** Where the keys of a stream are. */
export interface KeyPlace {
  readonly keyFolder: string;
  readonly stream: string;
}

/** The private key of an epoch. */
export function epochKeyPath({ keyFolder, stream }: KeyPlace, epoch: number): string {
  return join(keyFolder, `${stream}.${epoch}.pem`);
}

/** The key that witnesses know the stream by. It never turns, and proves nothing alone. */
export function identityKeyPath({ keyFolder, stream }: KeyPlace): string {
  return join(keyFolder, `${stream}.identity.pem`);
}

/** A key as a private file holds it. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/**
 * The keys that sign a stream's checkpoints. Each epoch has its own; when it ends, its key signs the next
 * public key and is destroyed, so that who takes the machine over later cannot sign for the past (Bellare
 * and Yee, 1997).
 */
export class EpochKeys {
  readonly #place: KeyPlace;
  readonly #identity: NoteSigner | undefined;
  #epoch: number;
  #key: KeyObject;
  #isSettled = false;

  /**
   * Loads the key of the current epoch, and finishes a turn that a crash cut off.
   *
   * @param expected the public key that the last statement, or the stream's beginning, names
   * @throws AuditError `AUDIT_EPOCH_KEY_LOST`; `AUDIT_DIRECTORY_UNUSABLE` for a key that is there and cannot be read
   */
  constructor(place: KeyPlace, epoch: number, expected: Buffer) {
    this.#place = place;
    this.#epoch = epoch;
    const path = epochKeyPath(place, epoch);
    if (!existsSync(path) && holdsKey(`${path}.next`, expected)) this.#putInPlace();
    const key = readKey(path);
    if (!key || !rawPublicKey(key).equals(expected)) throw epochKeyLost(place.stream, epoch);
    this.#key = key;
    const identity = readKey(identityInPlace(place));
    this.#identity = identity && noteSigner(originOf(place.stream), identity);
    this.#destroyEarlier();
    this.#isSettled = true;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get publicKey(): Buffer {
    return rawPublicKey(this.#key);
  }

  /** Who signs checkpoints now. */
  signers(): NoteSigner[] {
    const own = noteSigner(epochKeyName(this.#place.stream, this.#epoch), this.#key);
    return this.#identity ? [own, this.#identity] : [own];
  }

  /**
   * Ends the epoch. With the statement on the disk it has ended, even if the files of the keys cannot follow
   * yet.
   *
   * @param state signs the next public key, and returns when the disk has the statement
   */
  turn(state: (next: Buffer) => void): void {
    this.settle();
    const next = this.#nextKey();
    state(rawPublicKey(next));
    this.#epoch += 1;
    this.#key = next;
    this.#isSettled = false;
    this.settle();
  }

  /** Whether the key's file is in place, and those of ended epochs are gone. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Puts the key's file in place and destroys those of ended epochs, if that is still to be done. */
  settle(): void {
    if (this.#isSettled) return;
    const path = epochKeyPath(this.#place, this.#epoch);
    if (!holdsKey(path, this.publicKey)) {
      if (!existsSync(`${path}.next`)) writeDurablySync(`${path}.next`, privateKeyPem(this.#key));
      this.#putInPlace();
    }
    this.#destroyEarlier();
    this.#isSettled = true;
  }

  /** A key that an earlier attempt has left is taken: its statement may be on the disk already. */
  #nextKey(): KeyObject {
    const path = `${epochKeyPath(this.#place, this.#epoch + 1)}.next`;
    const left = readKey(path);
    const key = left ?? generateKeyPairSync('ed25519').privateKey;
    // That attempt may have come to its end before the disk had the file.
    if (left) writeInPlace(path, readFileSync(path));
    else writeDurablySync(path, privateKeyPem(key));
    syncFolderSync(this.#place.keyFolder);
    return key;
  }

  #putInPlace(): void {
    const path = epochKeyPath(this.#place, this.#epoch);
    renameSync(`${path}.next`, path);
    syncFolderSync(this.#place.keyFolder);
  }

  /** A crash may have left more than one. */
  #destroyEarlier(): void {
    const { keyFolder, stream } = this.#place;
    const earlier = readdirSync(keyFolder).filter((file) => {
      const [, epoch] =
        /^\.(\d+)\.pem$/.exec(file.startsWith(stream) ? file.slice(stream.length) : '') ?? [];
      return epoch !== undefined && Number(epoch) < this.#epoch;
    });
    for (const file of earlier) destroy(join(keyFolder, file));
    if (earlier.length > 0) syncFolderSync(keyFolder);
  }
}

/** Of a stream that has just begun, the key is still to be put in place. */
function identityInPlace(place: KeyPlace): string {
  const path = identityKeyPath(place);
  if (!existsSync(path) && existsSync(`${path}.next`)) {
    renameSync(`${path}.next`, path);
    syncFolderSync(place.keyFolder);
  }
  return path;
}

function holdsKey(path: string, expected: Buffer): boolean {
  const key = readKey(path);
  return key !== undefined && rawPublicKey(key).equals(expected);
}

function readKey(path: string): KeyObject | undefined {
  const pem = readIfThere(path);
  if (!pem) return undefined;
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** A key that cannot be read now is not lost: nobody must do without it, or replace it. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw keyUnreadable(path, error);
  }
}

/** As far as a program can: the medium, snapshots and the memory may keep what was there. */
function destroy(path: string): void {
  writeInPlace(path, Buffer.alloc(statSync(path).size));
  unlinkSync(path);
}

/** Writes over a file, so that no other copy of a key is left, and waits until the disk has it. */
function writeInPlace(path: string, bytes: Buffer): void {
  const fd = openSync(path, 'r+');
  try {
    writeSync(fd, bytes, 0, null, 0);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
