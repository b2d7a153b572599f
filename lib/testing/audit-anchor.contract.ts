import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { AnchoredCheckpoint, AuditAnchor } from '../audit/anchor/audit-anchor.js';
import { leafHash } from '../audit/log/leaf-hash.js';
import { consistencyProof } from '../audit/log/merkle/consistency-proof.js';
import { Frontier } from '../audit/log/merkle/frontier.js';
import { LeafNodes } from '../audit/log/merkle/tree-nodes.js';
import { epochKeyName, logCheckpointText, originOf } from '../audit/log/note/log-checkpoint.js';
import { noteSigner, rawPublicKey } from '../audit/log/note/note-signer.js';
import { parseNote, signNote } from '../audit/log/note/signed-note.js';
import { verifierKey, verifierKeyText } from '../audit/log/note/verifier-key.js';
import type { ContractRunner } from './contract-runner.js';

/** A log whose checkpoints are published to an anchor under test. */
export interface LogUnderTest {
  /** The name of its stream. */
  readonly stream: string;
  /** Its identity key, a C2SP vkey: a witness must be told it. */
  readonly identity: string;
}

/** Gives an anchor that holds nothing and knows these logs, and each time another one. */
type CreateAnchor = (logs: readonly LogUnderTest[]) => AuditAnchor | Promise<AuditAnchor>;

/**
 * Tests that an {@link AuditAnchor} keeps what its contract promises.
 *
 * @param createAnchor gives an anchor that holds nothing and knows these logs, and each time another one
 * @example
 * auditAnchorContract({ describe, it }, async () => new BucketAuditAnchor(await emptyBucket()));
 */
export function auditAnchorContract(runner: ContractRunner, createAnchor: CreateAnchor): void {
  runner.describe('an AuditAnchor', () => {
    keeping(runner, createAnchor);
    refusing(runner, createAnchor);
  });
}

type Suite = (runner: ContractRunner, createAnchor: CreateAnchor) => void;

const keeping: Suite = ({ it }, createAnchor) => {
  it('has a name of one line', async () => {
    assert.match((await createAnchor([])).name, /^\S.{0,199}$/u);
  });

  it('has nothing at first', async () => {
    const log = new ContractLog('0-contract');
    assert.equal(await (await createAnchor([log])).latest(log.stream), undefined);
  });

  it('keeps every checkpoint of a log that grows, and of one that rests, and gives the newest', async () => {
    const log = new ContractLog('0-contract');
    const anchor = await createAnchor([log]);
    for (const size of [1, 1, 2, 7, 8, 8, 300, 5000]) {
      const checkpoint = log.checkpoint(size);
      await anchor.publish(checkpoint);
      assert.equal(textOf(await anchor.latest(log.stream)), textOf(checkpoint.note));
    }
  });

  it('gives back the note with more signatures, if it adds some', async () => {
    const log = new ContractLog('0-contract');
    const { note, ...checkpoint } = log.checkpoint(3);
    const given = await (await createAnchor([log])).publish({ ...checkpoint, note });
    if (given === undefined) return;
    assert.ok(given.startsWith(note) && given.length > note.length);
    assert.equal(textOf(given), textOf(note));
  });

  it('keeps streams apart', async () => {
    const [one, other] = [new ContractLog('0-contract'), new ContractLog('1-contract')];
    const anchor = await createAnchor([one, other]);
    const [first, second] = [one.checkpoint(9), other.checkpoint(2)];
    await anchor.publish(first);
    assert.equal(await anchor.latest(other.stream), undefined);
    await anchor.publish(second);
    assert.equal(textOf(await anchor.latest(one.stream)), textOf(first.note));
    assert.equal(textOf(await anchor.latest(other.stream)), textOf(second.note));
  });
};

const refusing: Suite = ({ it }, createAnchor) => {
  it('refuses fewer records than it has seen, and other ones, and holds what it held', async () => {
    const log = new ContractLog('0-contract');
    const anchor = await createAnchor([log]);
    const kept = log.checkpoint(20);
    await anchor.publish(kept);
    for (const forged of [log.checkpoint(19), log.forged(20)]) {
      await assert.rejects(async () => anchor.publish(forged), { code: 'AUDIT_FORK' });
      assert.equal(textOf(await anchor.latest(log.stream)), textOf(kept.note));
    }
  });

  it('rejects what is no checkpoint of the stream', async () => {
    const [log, other] = [new ContractLog('0-contract'), new ContractLog('1-contract')];
    const anchor = await createAnchor([log, other]);
    const foreign = { ...other.checkpoint(4), stream: log.stream };
    await assert.rejects(async () => anchor.publish(foreign));
    assert.equal(await anchor.latest(log.stream), undefined);
  });
};

class ContractLog implements LogUnderTest {
  readonly stream: string;
  readonly identity: string;
  readonly #signers;
  #seconds = 0;

  constructor(stream: string) {
    const keys = [1, 2].map(() => generateKeyPairSync('ed25519').privateKey);
    const names = [epochKeyName(stream, 0), originOf(stream)];
    this.stream = stream;
    this.#signers = keys.map((key, index) => noteSigner(names[index] ?? '', key));
    const [, identity] = keys;
    assert.ok(identity);
    this.identity = verifierKeyText(verifierKey(originOf(stream), rawPublicKey(identity)));
  }

  checkpoint(size: number): AnchoredCheckpoint {
    return this.#signed(leavesOf(size, 'true'));
  }

  /** As many records, but others. */
  forged(size: number): AnchoredCheckpoint {
    return this.#signed(leavesOf(size, 'forged'));
  }

  #signed(leaves: readonly Buffer[]): AnchoredCheckpoint {
    const size = leaves.length;
    const frontier = new Frontier();
    for (const leaf of leaves) frontier.append(leaf);
    this.#seconds += 1;
    const time = new Date(this.#seconds * 1000).toISOString();
    const head = { stream: this.stream, size, root: frontier.root(), epoch: 0, time };
    return {
      stream: this.stream,
      size,
      note: signNote(logCheckpointText(head), this.#signers),
      proofFrom: (oldSize) => consistencyProof(oldSize, size, new LeafNodes(leaves)),
    };
  }
}

function leavesOf(size: number, text: string): Buffer[] {
  return Array.from({ length: size }, (_, seq) =>
    Buffer.from(leafHash(Buffer.from(`${text} ${seq}`)), 'hex'),
  );
}

function textOf(note: string | undefined): string | undefined {
  return note === undefined ? undefined : parseNote(note)?.text;
}
