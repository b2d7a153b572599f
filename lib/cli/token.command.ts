import { Command } from 'commander';
import { inspectToken, type TokenFacts } from '../encryption/token-facts.js';
import { SecurityError } from '../errors/security.error.js';
import { EXIT_CODE } from './exit-code.js';
import { readInput } from './read-input.js';
import { print, say, type Terminal } from './terminal.js';

/** The last second that `Date` knows. */
const LAST_SECOND = 8_640_000_000_000;

/** `nestjs-security token …` */
export function tokenCommand(terminal: Terminal, endsWith: (code: number) => void): Command {
  return new Command('token')
    .description('Looks at tokens.')
    .helpCommand(false)
    .addCommand(
      new Command('inspect')
        .description('Shows what a token tells without any key. Nothing of it is proved.')
        .argument('[token]', 'the token; better on the standard input, since "ps" shows arguments')
        .action(async (argument: string | undefined) => {
          const token = argument ?? (await readInput(terminal, 'the token'));
          const facts = factsOf(token.trim());
          if (facts) for (const line of linesOf(facts)) print(terminal, line);
          else {
            say(
              terminal,
              'nestjs-security: this has not the form of a Fernet token, nor of a stored one',
            );
            endsWith(EXIT_CODE.failed);
          }
        }),
    );
}

function factsOf(token: string): TokenFacts | undefined {
  try {
    return inspectToken(token);
  } catch (error) {
    if (error instanceof SecurityError) return undefined;
    throw error;
  }
}

function linesOf(facts: TokenFacts): string[] {
  const { version, createdAt, minPlaintextBytes, maxPlaintextBytes, keyId } = facts;
  return [
    `form:      ${keyId === undefined ? 'token' : 'stored'}`,
    ...(keyId === undefined ? [] : [`key:       ${keyId}`]),
    `version:   0x${version.toString(16)}`,
    `created:   ${createdAt <= LAST_SECOND ? new Date(createdAt * 1000).toISOString() : `${createdAt} s`}`,
    `plaintext: ${minPlaintextBytes} to ${maxPlaintextBytes} bytes`,
  ];
}
