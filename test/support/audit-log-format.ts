import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/*
 * The on-disk format of the audit log, written down a second time from its description alone: it shares no
 * code with the package, so that a mistake there shows.
 */

/** The names under which a witness and a recovery key sign in tests. */
export const WITNESS_NAME = 'witness.example/w1';
export const RECOVERY_NAME = 'nestjs-security/audit-recovery';

/** An Ed25519 key with its 32 public bytes. */
export interface TestKey {
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

/** Somebody who signs a note under a name. */
export interface TestSigner {
  readonly name: string;
  readonly key: TestKey;
  /** The public key that the signature claims to be of, when it is not the signer's own. */
  readonly claimed?: Buffer;
}

/** A checkpoint before it is signed. */
export interface TestCheckpoint {
  readonly stream: string;
  readonly size: number;
  readonly root: Buffer;
  readonly epoch: number;
  /** Milliseconds. */
  readonly time: number;
  /** The last line: `next …`, `reseed …` or `closed`. */
  readonly extension?: string;
}

export function newKey(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
    privateKey,
  };
}

export function sha256(...parts: readonly (string | Buffer)[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

export function leafOf(line: string | Buffer): Buffer {
  return sha256('\0', line);
}

/** What the first record carries as `prev`. */
export function genesisLink(stream: string, publicKey: Buffer): Buffer {
  return sha256('\0', stream, '\n', publicKey);
}

/** The Merkle tree of RFC 6962, kept as the roots of its perfect subtrees. */
export class TestTree {
  readonly #subtrees: { readonly leaves: number; readonly hash: Buffer }[] = [];

  append(leaf: Buffer): void {
    let joined = { leaves: 1, hash: leaf };
    while (this.#subtrees.at(-1)?.leaves === joined.leaves) {
      const left = this.#subtrees.pop();
      if (left)
        joined = { leaves: joined.leaves * 2, hash: sha256('\x01', left.hash, joined.hash) };
    }
    this.#subtrees.push(joined);
  }

  root(): Buffer {
    const [last, ...others] = this.#subtrees.toReversed();
    if (!last) return sha256();
    return others.reduce((right, { hash }) => sha256('\x01', hash, right), last.hash);
  }
}

/** The root over the first `size` leaves. */
export function rootOf(leaves: readonly Buffer[], size = leaves.length): Buffer {
  const tree = new TestTree();
  for (const leaf of leaves.slice(0, size)) tree.append(leaf);
  return tree.root();
}

export function originOf(stream: string): string {
  return `nestjs-security/audit/${stream}`;
}

export function keyId(name: string, publicKey: Buffer, type = 1): Buffer {
  return sha256(name, '\n', Buffer.from([type]), publicKey).subarray(0, 4);
}

export function vkeyOf(name: string, publicKey: Buffer, type = 1): string {
  const material = Buffer.concat([Buffer.from([type]), publicKey]).toString('base64');
  return `${name}+${keyId(name, publicKey, type).toString('hex')}+${material}`;
}

export function checkpointText(checkpoint: TestCheckpoint): string {
  const { stream, size, root, epoch, time, extension } = checkpoint;
  const lines = [
    originOf(stream),
    String(size),
    root.toString('base64'),
    `epoch ${epoch}`,
    `time ${new Date(time).toISOString()}`,
    ...(extension === undefined ? [] : [extension]),
  ];
  return `${lines.join('\n')}\n`;
}

export function signatureLine(
  { name, key, claimed = key.publicKey }: TestSigner,
  text: string,
): string {
  const signature = sign(null, Buffer.from(text), key.privateKey);
  return `— ${name} ${Buffer.concat([keyId(name, claimed), signature]).toString('base64')}\n`;
}

export function signedNote(text: string, signers: readonly TestSigner[]): string {
  return `${text}\n${signers.map((signer) => signatureLine(signer, text)).join('')}`;
}

/** The signature line of a witness, made at a time in seconds. */
export function cosignatureLine({ name, key }: TestSigner, text: string, seconds: number): string {
  const signature = sign(
    null,
    Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`),
    key.privateKey,
  );
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const id = keyId(name, key.publicKey, 4);
  return `— ${name} ${Buffer.concat([id, time, signature]).toString('base64')}\n`;
}

/** The path of a tile of leaf hashes below a stream's folder. */
export function leafTilePath(index: number, width = 256): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return `tile/0/${groups.join('/')}${width === 256 ? '' : `.p/${width}`}`;
}

/** Splits a signed note into what was signed and the lines of signatures. */
export function partsOfNote(note: string): { text: string; signatures: string[] } {
  const at = note.indexOf('\n\n') + 1;
  return {
    text: note.slice(0, at),
    signatures: note.slice(at + 1).split(/(?<=\n)/),
  };
}
