import type { AbstractHttpAdapter } from '@nestjs/core';
import { NestFactory } from '@nestjs/core';
import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { SecurityError } from 'nestjs-security';
import { urlOf } from './address.js';
import { keepApiKey } from './api-key.js';
import { AppModule } from './app.module.js';
import { DataFolder } from './data-folder.js';
import { greeting } from './greeting.js';
import { readSettings, type Settings } from './settings.js';
import { hasCode, StartupError } from './startup-error.js';

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const app = await NestFactory.create(AppModule, await adapterOf(settings), {
    rawBody: true,
    abortOnError: false,
    // Whatever goes wrong during the start is thrown, and told once, below.
    logger: false,
    // Browsers open connections in advance; without this, one that is never used holds up the stop.
    forceCloseConnections: true,
  });
  app.enableShutdownHooks([], { useProcessExit: true });
  await listen(app, settings);
  app.useLogger(new ConsoleLogger({ logLevels: ['warn', 'error', 'fatal'] }));
  const data = app.get(DataFolder);
  const place = await keepApiKey(data.apiKey, process.stdout.isTTY);
  console.log(greeting(urlOf(app.getHttpServer()), data, place));
}

async function adapterOf({ adapter }: Settings): Promise<AbstractHttpAdapter> {
  if (adapter === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter({ forceCloseConnections: true });
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}

async function listen(app: INestApplication, { port, host }: Settings): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    if (hasCode(error, 'EADDRINUSE')) {
      throw new StartupError(`Port ${port} of ${host} is in use: choose another one with PORT.`);
    }
    if (hasCode(error, 'EACCES')) {
      throw new StartupError(`Port ${port} is not allowed to this user: choose one with PORT.`);
    }
    if (hasCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN')) {
      throw new StartupError(`HOST=${host} is no address of this machine.`);
    }
    throw error;
  }
}

start().catch((error: unknown) => {
  const isKnown = error instanceof StartupError || error instanceof SecurityError;
  console.error(isKnown ? error.message : error);
  process.exitCode = 1;
});
