import { Command, InvalidArgumentError, Option } from 'commander';
import { randomBytes } from 'node:crypto';
import { encodePaddedBase64Url } from '../common/encoding.js';
import { wholeNumberBetween } from './argument.js';
import { keyUsageCommand } from './key-usage.command.js';
import { print, type Terminal } from './terminal.js';

const KEY_BYTES = 32;
const MAX_COUNT = 1000;
const ID = /^[A-Za-z0-9_-]{1,32}$/;

interface GenerateOptions {
  readonly format: 'ring' | 'fernet';
  readonly count: number;
  readonly id?: string;
}

/** `nestjs-security key …` */
export function keyCommand(terminal: Terminal): Command {
  return new Command('key')
    .description('Makes keys, and tells which are in use.')
    .helpCommand(false)
    .addCommand(generateCommand(terminal))
    .addCommand(keyUsageCommand(terminal));
}

function generateCommand(terminal: Terminal): Command {
  return new Command('generate')
    .description('Prints new keys, one a line, and keeps none.')
    .addOption(
      new Option(
        '--format <format>',
        'ring: id:secret, for SECURITY_KEYS; fernet: for SECURITY_ENCRYPTION_KEYS and Python',
      )
        .choices(['ring', 'fernet'])
        .default('ring'),
    )
    .option('--count <n>', `how many, 1 to ${MAX_COUNT}`, wholeNumberBetween(1, MAX_COUNT), 1)
    .option(
      '--id <id>',
      'the id of the key, with the format ring (default: the date and 8 digits)',
      keyId,
    )
    .action((options: GenerateOptions, command: Command) => {
      if (options.id !== undefined && (options.count > 1 || options.format !== 'ring')) {
        command.error("error: option '--id' names one key of the format ring");
      }
      for (let made = 0; made < options.count; made += 1) print(terminal, newKey(options));
    });
}

function newKey({ format, id = newId() }: GenerateOptions): string {
  const key = randomBytes(KEY_BYTES);
  return format === 'fernet' ? encodePaddedBase64Url(key) : `${id}:${key.toString('base64url')}`;
}

function newId(): string {
  return `${new Date().toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`;
}

function keyId(text: string): string {
  if (!ID.test(text)) throw new InvalidArgumentError('1 to 32 of A-Z a-z 0-9 _ - are needed.');
  return text;
}
