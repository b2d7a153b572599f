import { hash } from 'node:crypto';
import { counted } from '../../common/counted.js';
import { AuditError } from '../../errors/audit.error.js';
import { originOf } from '../log/note/log-checkpoint.js';
import { openNote } from '../log/note/signed-note.js';
import { anchorFailed } from './anchor-failed.js';
import { AuditAnchor, type AnchoredCheckpoint } from './audit-anchor.js';
import { checkCheckpoint, checkpointOf } from './checkpoint-of.js';
import { cosigned, sizeIn } from './witness-answer.js';
import { askWitness, type WitnessAnswer } from './witness-exchange.js';
import {
  resolveWitnessOptions,
  type ResolvedWitnessOptions,
  type WitnessAuditAnchorOptions,
} from './witness-options.js';

/** The first request may not know the size, and the second may meet a change. */
const MAX_TRIES = 3;
/** The most that a witness takes. */
const MAX_PROOF_HASHES = 63;
const ADVICE: Readonly<Record<number, string>> = {
  403: 'it knows this log by another key: give its operator the identity.vkey of the stream',
  404: 'it does not know this log: give its operator the identity.vkey of the stream',
};

/**
 * Has checkpoints cosigned by a witness, by c2sp.org/tlog-witness: a server of somebody else that remembers how
 * far it has seen the log, and signs only what continues that, with the time. Needs no trust in the folder where
 * the cosigned checkpoints are kept.
 *
 * @example
 * new WitnessAuditAnchor({ url: 'https://witness.example/', key: 'witness.example+1a2b3c4d+BBBB…' })
 */
export class WitnessAuditAnchor extends AuditAnchor {
  /** `witness:` and the name of its key. */
  readonly name: string;
  readonly #options: ResolvedWitnessOptions;
  /** What the witness holds of each stream, as far as it is known. */
  readonly #sizes = new Map<string, number>();

  /** @throws TypeError or RangeError when an option is unfit */
  constructor(options: WitnessAuditAnchorOptions) {
    super();
    this.#options = resolveWitnessOptions(options);
    this.name = `witness:${this.#options.key.name}`;
  }

  /**
   * Asks for a cosignature.
   *
   * @returns the note with the lines of the witness, which were verified
   * @throws AuditError `AUDIT_FORK` when the witness has seen more records, or others; `AUDIT_ANCHOR_FAILED` when
   * it gave no cosignature that holds
   * @throws TypeError when the note is no checkpoint of the stream
   */
  override async publish(checkpoint: AnchoredCheckpoint): Promise<string> {
    checkCheckpoint(checkpoint.note, checkpoint.stream);
    const { status, body } = await this.#submit(checkpoint);
    if (status === 422) throw forked(this.name, checkpoint.size);
    if (status !== 200) throw this.#refused(status);
    const note = cosigned(checkpoint.note, body, this.#options.key);
    if (note === undefined)
      throw anchorFailed(this.name, 'answered with no cosignature that holds');
    this.#sizes.set(checkpoint.stream, checkpoint.size);
    return note;
  }

  /**
   * The checkpoint that the witness serves to monitors; `undefined` when it serves none.
   *
   * @throws AuditError `AUDIT_ANCHOR_FAILED` when the answer is no checkpoint that the witness has cosigned
   */
  override async latest(stream: string): Promise<string | undefined> {
    const { monitoringUrl, key } = this.#options;
    const path = `${hash('sha256', originOf(stream))}/checkpoint`;
    const { status, body } = await this.#ask({ url: `${monitoringUrl}/${path}` });
    if (status === 404) return undefined;
    if (status !== 200) throw this.#refused(status);
    const isCosigned = openNote(body, [key]) !== undefined;
    if (!isCosigned || checkpointOf(body)?.stream !== stream) {
      throw anchorFailed(this.name, 'serves something that is no checkpoint which it has cosigned');
    }
    return body;
  }

  /** Asks with the size that the witness holds, which it tells when it is asked with another one. */
  async #submit(checkpoint: AnchoredCheckpoint): Promise<WitnessAnswer> {
    const url = `${this.#options.url}/add-checkpoint`;
    let oldSize = this.#sizes.get(checkpoint.stream) ?? 0;
    for (let tries = 1; ; tries += 1) {
      if (oldSize > checkpoint.size) throw forked(this.name, checkpoint.size);
      const answer = await this.#ask({ url, body: await requestOf(checkpoint, oldSize) });
      if (answer.status !== 409 || tries === MAX_TRIES) return answer;
      const held = sizeIn(answer);
      if (held === undefined)
        throw anchorFailed(this.name, 'answered 409 without the size it holds');
      this.#sizes.set(checkpoint.stream, held);
      oldSize = held;
    }
  }

  #ask(request: { url: string; body?: string }): Promise<WitnessAnswer> {
    return askWitness({ anchor: this.name, timeoutMs: this.#options.timeoutMs, ...request });
  }

  #refused(status: number): AuditError {
    const advice = ADVICE[status];
    return anchorFailed(
      this.name,
      `answered ${status}${advice === undefined ? '' : `: ${advice}`}`,
    );
  }
}

async function requestOf(checkpoint: AnchoredCheckpoint, oldSize: number): Promise<string> {
  const { note, size } = checkpoint;
  const needsProof = oldSize > 0 && oldSize < size;
  const proof = needsProof ? await checkpoint.proofFrom(oldSize) : [];
  if (proof.length > MAX_PROOF_HASHES) throw new RangeError('a proof has at most 63 hashes');
  const lines = proof.map((each) => `${each.toString('base64')}\n`);
  return `old ${oldSize}\n${lines.join('')}\n${note}`;
}

function forked(anchor: string, size: number): AuditError {
  return new AuditError(
    'AUDIT_FORK',
    `the audit anchor ${anchor} has seen another log than the one of ${counted(size, 'record')}: the log was changed or an older one was brought back`,
  );
}
