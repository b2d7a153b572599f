import { Command, InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';
import { parseVerifierKey, type VerifierKey } from '../audit/log/note/verifier-key.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

interface TrustFlags {
  readonly keyDirectory?: string;
  readonly recovery?: VerifierKey;
  readonly witness?: readonly VerifierKey[];
}

/** `nestjs-security audit trust` */
export function auditTrustCommand(terminal: Terminal): Command {
  return new Command('trust')
    .description(
      'Prints the trust file of a log: what it is verified against. Make it while the log can be trusted, and keep it elsewhere.',
    )
    .argument('<directory>', 'the audit directory')
    .option(
      '--key-directory <folder>',
      'where the private keys are (default: keys in the audit directory)',
    )
    .option('--recovery <vkey>', 'the key that may continue a stream whose key was lost', key(1))
    .option('--witness <vkey>', 'a witness whose cosignatures count; several', witness)
    .action(async (directory: string, flags: TrustFlags) => {
      const [{ trustOf }, { trustText }] = await Promise.all([
        import('../audit/log/verify/trust-of.js'),
        import('../audit/log/verify/trust-text.js'),
      ]);
      const { keyDirectory, recovery, witness: witnesses = [] } = flags;
      const folder = resolve(terminal.cwd(), directory);
      const keys = keyDirectory === undefined ? undefined : resolve(terminal.cwd(), keyDirectory);
      const trust = await trustOf(folder, keys);
      // Whoever misspelt the folder would find out when it is too late to trust the log.
      if (trust.streams.length === 0)
        throw new UsageError(
          'there is no stream in this folder: give the audit directory, once the application has run',
        );
      terminal.stdout.write(trustText({ ...trust, ...(recovery && { recovery }), witnesses }));
    });
}

function key(type: VerifierKey['type']): (text: string) => VerifierKey {
  return (text) => {
    const parsed = parseVerifierKey(text);
    if (parsed?.type === type) return parsed;
    throw new InvalidArgumentError(`A verifier key of type ${type} is needed: name+id+key.`);
  };
}

function witness(text: string, before: readonly VerifierKey[] = []): readonly VerifierKey[] {
  return [...before, key(4)(text)];
}
