import type { INestApplication } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { SecurityError } from 'nestjs-security';
import { AppModule } from './app.module.js';
import { openDataFolder } from './data-folder.js';
import { greeting } from './greeting.js';
import { readSettings, StartupError, type Settings } from './settings.js';

/** Whoever can reach the sample may guess passwords: nobody but this machine can. */
const HOST = '127.0.0.1';

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const folder = openDataFolder(settings.dataFolder);
  const app = await NestFactory.create(AppModule.on(folder, settings), await adapterOf(settings), {
    abortOnError: false,
    // Whatever goes wrong during the start is thrown, and told once, below.
    logger: false,
    // Browsers open connections in advance; without this, one that is never used holds up the stop.
    forceCloseConnections: true,
  });
  // Without it, the log would end without its final checkpoint.
  app.enableShutdownHooks([], { useProcessExit: true });
  await listen(app, settings.port);
  app.useLogger(['warn', 'error', 'fatal']);
  console.log(greeting(await app.getUrl(), folder, settings));
}

async function adapterOf({ adapter }: Settings): Promise<AbstractHttpAdapter> {
  if (adapter === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter({ forceCloseConnections: true });
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}

async function listen(app: INestApplication, port: number): Promise<void> {
  try {
    await app.listen(port, HOST);
  } catch (error) {
    await app.close();
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new StartupError(`Port ${port} is in use: choose another one with PORT.`);
    }
    throw error;
  }
}

start().catch((error: unknown) => {
  const isKnown = error instanceof StartupError || error instanceof SecurityError;
  console.error(isKnown ? error.message : error);
  process.exitCode = 1;
});
