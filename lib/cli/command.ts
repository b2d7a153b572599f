import { Command, CommanderError } from 'commander';
import { SecurityConfigurationError } from '../errors/security-configuration.error.js';
import { AUDIT_EXIT_CODE, auditExitCodeOf } from './audit-exit-code.js';
import { unknownReport } from './audit-report-lines.js';
import { auditCommand } from './audit.command.js';
import { EXIT_CODE } from './exit-code.js';
import { keyCommand } from './key.command.js';
import { rotateCommand } from './rotate.command.js';
import { harmless, print, say, type Terminal } from './terminal.js';
import { tokenCommand } from './token.command.js';
import { UsageError } from './usage.error.js';

/**
 * Runs the command `nestjs-security`.
 *
 * @param words the command line, without the programs before it
 * @returns the exit code, one of {@link EXIT_CODE}, or of {@link AUDIT_EXIT_CODE} for `audit`; never throws
 */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT_CODE.done;
  const endsWith = (code: number): void => void (exitCode = code);
  try {
    await program(terminal, endsWith).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    const code = exitCodeOf(error, words);
    // Commander has said it already.
    if (!(error instanceof CommanderError)) say(terminal, `nestjs-security: ${messageOf(error)}`);
    if (code !== 0 && asksForReport(words)) print(terminal, unknownReport(messageOf(error)));
    return code;
  }
}

function exitCodeOf(error: unknown, [feature]: readonly string[]): number {
  const isAudit = feature === 'audit';
  const usage = isAudit ? AUDIT_EXIT_CODE.usage : EXIT_CODE.usage;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usage;
  if (error instanceof UsageError || error instanceof SecurityConfigurationError) return usage;
  return isAudit ? auditExitCodeOf(error) : EXIT_CODE.failed;
}

/** Whoever reads the report of a verification as JSON gets one in any case. */
function asksForReport(words: readonly string[]): boolean {
  return words[0] === 'audit' && words[1] === 'verify' && words.includes('--json');
}

/** The exit code of a command line whose output cannot be written: never one that says something of a log. */
export function lostOutputCodeOf(words: readonly string[]): number {
  return words[0] === 'audit' ? AUDIT_EXIT_CODE.inputOutput : EXIT_CODE.failed;
}

function program(terminal: Terminal, endsWith: (code: number) => void): Command {
  const root = new Command('nestjs-security')
    .description(
      'Makes keys, looks at tokens, encrypts stored values again under a new key, and verifies audit logs.',
    )
    .helpCommand(false);
  for (const part of [keyCommand, tokenCommand, rotateCommand, auditCommand]) {
    root.addCommand(part(terminal, endsWith));
  }
  for (const command of [root, ...root.commands, ...root.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      // What was typed stands in it.
      outputError: (text, write) => write(`${harmless(text)}\n`),
    });
  }
  return root;
}

/** A connection that is refused on several addresses comes as one error without a message. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ');
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').map(harmless).join('\n');
}
