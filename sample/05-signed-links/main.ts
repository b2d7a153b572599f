import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { SecurityError } from 'nestjs-security';
import { AppModule } from './app.module.js';
import { greeting } from './greeting.js';
import { readSettings, StartupError, type Settings } from './settings.js';

/** Whoever can reach the sample may sign: nobody but this machine can. */
const HOST = '127.0.0.1';

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const origin = `http://${HOST}:${settings.port}`;
  const app = await NestFactory.create(AppModule.at(origin, settings), await adapterOf(settings), {
    // The bytes of a body are what was signed.
    rawBody: true,
    abortOnError: false,
    // Whatever goes wrong during the start is thrown, and told once, below.
    logger: false,
    // Browsers open connections in advance; without this, one that is never used holds up the stop.
    forceCloseConnections: true,
  });
  app.enableShutdownHooks([], { useProcessExit: true });
  try {
    await app.listen(settings.port, HOST);
  } catch (error) {
    await app.close();
    throw portProblem(error, settings.port);
  }
  app.useLogger(['warn', 'error', 'fatal']);
  console.log(greeting(origin));
}

function portProblem(error: unknown, port: number): unknown {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    ? new StartupError(`Port ${port} is in use: choose another one with PORT.`)
    : error;
}

async function adapterOf({ adapter }: Settings): Promise<AbstractHttpAdapter> {
  if (adapter === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter({ forceCloseConnections: true });
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}

start().catch((error: unknown) => {
  const isKnown = error instanceof StartupError || error instanceof SecurityError;
  console.error(isKnown ? error.message : error);
  process.exitCode = 1;
});
