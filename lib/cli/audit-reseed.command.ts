import { Command } from 'commander';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { counted } from '../common/counted.js';
import { systemErrorCode } from '../common/system-error-code.js';
import { readAtMost } from './read-at-most.js';
import { print, type Terminal } from './terminal.js';
import { UsageError } from './usage.error.js';

/** Far more than a key in PEM has, with whatever is written around it. */
const MAX_KEY_BYTES = 64 * 1024;

interface ReseedFlags {
  readonly stream: string;
  readonly key: string;
  readonly keyDirectory?: string;
}

/** `nestjs-security audit reseed` */
export function auditReseedCommand(terminal: Terminal): Command {
  return new Command('reseed')
    .description(
      'Continues a stream whose epoch key was lost: the recovery key signs the log as it is, and the first key of a new epoch. The application must not run.',
    )
    .argument('<directory>', 'the audit directory')
    .requiredOption('--stream <name>', 'the stream, such as 0-9q3k1z0c')
    .requiredOption(
      '--key <file>',
      'the private half of the recovery key; remove it from this host afterwards',
    )
    .option(
      '--key-directory <folder>',
      'where the private keys are (default: keys in the audit directory)',
    )
    .action(async (named: string, flags: ReseedFlags) => {
      const { reseedStream } = await import('../audit/log/reseed-stream.js');
      const directory = resolve(terminal.cwd(), named);
      const keyFolder = resolve(terminal.cwd(), flags.keyDirectory ?? resolve(directory, 'keys'));
      const recoveryKey = await readKey(resolve(terminal.cwd(), flags.key));
      const { stream } = flags;
      const { size, epoch } = await reseedStream({ directory, keyFolder, stream, recoveryKey });
      print(
        terminal,
        `${stream} continues with epoch ${epoch + 1}; the recovery key vouches for its ${counted(size, 'record')}.`,
      );
    });
}

/** @throws UsageError without telling anything of what the file holds */
async function readKey(path: string): Promise<KeyObject> {
  const pem = await readAtMost(path, MAX_KEY_BYTES).catch((error: unknown) => {
    throw new UsageError(`the recovery key cannot be read (${systemErrorCode(error)})`);
  });
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below, like a key of another kind.
  }
  throw new UsageError(
    'the recovery key must be an Ed25519 private key in PEM, as "audit recovery-key" makes it',
  );
}
