import { Command } from 'commander';
import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';
import { rawPublicKey } from '../audit/log/note/note-signer.js';
import { verifierKey, verifierKeyText } from '../audit/log/note/verifier-key.js';
import { RECOVERY_KEY_NAME } from '../audit/log/recovery-key-name.js';
import { print, type Terminal } from './terminal.js';
import { writeNewFile } from './write-new-file.js';

/** `nestjs-security audit recovery-key` */
export function auditRecoveryKeyCommand(terminal: Terminal): Command {
  return new Command('recovery-key')
    .description(
      'Makes the key that continues a stream whose own key was lost. Prints the public half, for "audit trust --recovery".',
    )
    .requiredOption(
      '--out <file>',
      'a new file for the private half; keep it off the host of the log',
    )
    .action(async ({ out }: { readonly out: string }) => {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
      await writeNewFile(resolve(terminal.cwd(), out), pem);
      print(terminal, verifierKeyText(verifierKey(RECOVERY_KEY_NAME, rawPublicKey(publicKey))));
    });
}
