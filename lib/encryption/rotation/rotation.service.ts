import { Inject, Injectable } from '@nestjs/common';
import { SecurityEvents } from '../../events/security-events.js';
import type { KeyConsumer } from '../../keyring/key-consumers.js';
import type { KeyState } from '../../keyring/key-entry.js';
import { refuseUnfitState, refuseWhileUsed, type KeyUse } from '../../keyring/key-retirement.js';
import { Keyring } from '../../keyring/keyring.js';
import { ENCRYPTION_OPTIONS, type ResolvedEncryptionOptions } from '../encryption.options.js';
import { EncryptionService } from '../encryption.service.js';
import { countKeys, usesOfKey, type KeyUsage } from './key-usage.js';
import type { RotationReport } from './rotation-report.js';
import { RotationRun } from './rotation-run.js';
import type { RotationSource } from './rotation-source.js';
import { checkSource, resolveRotationOptions, type RotationOptions } from './rotation.options.js';

/** The name under which stored tokens are a consumer of keys. */
const CONSUMER = 'encryption';

/**
 * Encrypts stored values again under the primary key, tells which keys are still needed, and refuses to let
 * a key go that is.
 *
 * @example
 * const users = sqlSource({ client: pool, table: 'users', key: 'id', column: 'iban' });
 * await rotation.run({ source: users, dryRun: false });
 * await rotation.assertRetirable('2026-04', [users]);
 */
@Injectable()
export class RotationService {
  constructor(
    @Inject(ENCRYPTION_OPTIONS) private readonly options: ResolvedEncryptionOptions,
    private readonly encryption: EncryptionService,
    private readonly keyring: Keyring,
    private readonly events: SecurityEvents,
  ) {
    keyring.consumers.declare(CONSUMER);
  }

  /**
   * Encrypts every value of a source again that is not under the primary key of its ring, revoked keys
   * included. Each new value is opened and compared with the old plaintext before it takes the place of the
   * old value, and it takes it only while the old one still stands there. A value that does not open is
   * reported and left alone. Running again harms nothing and finds nothing to do.
   *
   * Without `dryRun: false` nothing is written.
   *
   * @throws TypeError for an unknown option or a wrong type, RangeError for a number out of bounds
   * @throws EncryptionError `ENC_CHECKPOINT_INVALID` when the checkpoint is damaged or of another source,
   * `ENC_SOURCE_UNFIT` when the key of a table does not tell rows apart
   * @throws KeyringError `KEY_RING_STALE` when the key provider has been silent for too long
   * @throws whatever the source throws; what was rotated until then stays
   * @example
   * const report = await rotation.run({ source: users, dryRun: false, signal: AbortSignal.timeout(60_000) });
   * if (report.failedCount > 0) logger.error(report.failed);
   */
  async run(options: RotationOptions): Promise<RotationReport> {
    const resolved = resolveRotationOptions(options);
    const { source, dryRun } = resolved;
    try {
      const report = await new RotationRun(this.encryption, resolved).run();
      if (!dryRun) this.#report(source, endOf(report));
      return report;
    } catch (error) {
      if (!dryRun) this.#report(source, 'error');
      throw error;
    }
  }

  /**
   * Counts the values of a source by the key that they are encrypted under.
   *
   * @throws TypeError for what is no source; whatever the source throws
   */
  async keyUsage(source: RotationSource): Promise<KeyUsage> {
    checkSource(source);
    return countKeys(this.encryption, source);
  }

  /**
   * Answers whether a key may be deleted: resolves when no value of these sources is under it, and every
   * other consumer of the keyring says that it needs it no more.
   *
   * @param sources everything that holds encrypted values; without any, nobody knows what is encrypted
   * @throws KeyringError `KEY_IN_USE` when something is under the key, or when it is a primary key;
   * `KEY_USAGE_UNKNOWN` when that cannot be told; `KEY_UNKNOWN` for an id that is in no ring. The message
   * names who blocks
   * @example
   * await rotation.assertRetirable('2026-04', [users, orders]);
   */
  async assertRetirable(keyId: string, sources: readonly RotationSource[]): Promise<void> {
    const known: KeyUse[] = [
      { consumer: CONSUMER, uses: sources.length === 0 ? 'unknown' : 0 },
      ...(await this.#usesIn(sources, keyId)),
    ];
    const own = this.#stateAmongOwnKeys(keyId);
    if (own !== undefined) {
      refuseUnfitState(keyId, own);
      refuseWhileUsed(keyId, known);
    }
    if (own === undefined || this.keyring.stateOf(keyId) !== undefined) {
      await this.keyring.assertRetirable(keyId, known);
    }
  }

  /**
   * Lets {@link Keyring.remove} ask these sources for what is encrypted.
   *
   * @example
   * keyring.consumers.register(rotation.consumerOf([users, orders]));
   * await keyring.remove('2026-04');
   */
  consumerOf(sources: readonly RotationSource[]): KeyConsumer {
    const countUses = async (keyId: string): Promise<number | 'unknown'> => {
      if (sources.length === 0) return 'unknown';
      return sumOf(await this.#usesIn(sources, keyId));
    };
    return { name: CONSUMER, countUses };
  }

  async #usesIn(sources: readonly RotationSource[], keyId: string): Promise<readonly KeyUse[]> {
    const uses: KeyUse[] = [];
    for (const source of sources) {
      const usage = await this.keyUsage(source);
      // Under its bare name it would answer in the place of a consumer that is called the same.
      uses.push({ consumer: `source ${source.name}`, uses: usesOfKey(usage, keyId) });
    }
    return uses;
  }

  #stateAmongOwnKeys(keyId: string): KeyState | undefined {
    const { keys, rings } = this.options;
    const rows = [keys ?? [], ...Array.from(rings.values(), (ring) => ring.keys ?? [])];
    const states = rows.flat().flatMap(({ id, state }) => (id === keyId ? state : []));
    return states.find((state) => state === 'primary') ?? states[0];
  }

  #report(
    { name: id }: RotationSource,
    reason: 'done' | 'rows-failed' | 'stopped' | 'error',
  ): void {
    const outcome = reason === 'done' ? 'success' : 'failure';
    const target = { type: 'rotation-source', id };
    this.events.report({ event: 'key_rotation_ended', outcome, reason, target });
  }
}

function endOf({ failedCount, done }: RotationReport): 'done' | 'rows-failed' | 'stopped' {
  if (failedCount > 0) return 'rows-failed';
  return done ? 'done' : 'stopped';
}

/** One that cannot tell hides nothing of what the others count. */
function sumOf(answers: readonly KeyUse[]): number | 'unknown' {
  const counts = answers.flatMap(({ uses }) => (uses === 'unknown' ? [] : uses));
  const sum = counts.reduce((total, count) => total + count, 0);
  return sum === 0 && counts.length < answers.length ? 'unknown' : sum;
}
