import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RotationService } from '../encryption/rotation/rotation.service.js';
import { Keyring } from '../keyring/keyring.js';
import { SecurityModule } from '../security.module.js';
import type { SecurityModuleOptions } from '../security.options.js';
import { harmless, say, type Terminal } from './terminal.js';

/** The services that the command needs, and how they end. */
export interface CommandServices {
  readonly rotation: RotationService;
  readonly keyring: Keyring;
  close(): Promise<void>;
}

/**
 * Starts the services with the keys of an application, and with nothing else of it: no audit log that the
 * running application holds open, no webhook.
 *
 * @throws SecurityConfigurationError naming every option that is wrong; KeyringError when the keys cannot be had
 */
export async function startServices(
  options: SecurityModuleOptions,
  terminal: Terminal,
): Promise<CommandServices> {
  const { keys, encryption, clock } = options;
  const needed = { keys, ...(encryption && { encryption }), ...(clock && { clock }) };
  const application = await NestFactory.createApplicationContext(SecurityModule.forRoot(needed), {
    logger: complaintsOf(terminal),
    abortOnError: false,
  });
  return {
    rotation: application.get(RotationService),
    keyring: application.get(Keyring),
    close: () => application.close(),
  };
}

function complaintsOf(terminal: Terminal): LoggerService {
  const complain = (message: unknown): void => {
    // Nest logs what stops the start, and throws it as well.
    if (!(message instanceof Error)) say(terminal, harmless(String(message)));
  };
  return { log: () => undefined, warn: complain, error: complain };
}
