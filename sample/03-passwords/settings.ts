import { StartupError } from '../01-quick-start/startup-error.js';

/** What the environment may change. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly adapter: 'express' | 'fastify';
  readonly dataFolder: string;
}

/**
 * Reads `PORT`, `HOST`, `ADAPTER` and `DATA_DIR`. Loopback unless told otherwise: anybody who can reach
 * the sample may register.
 *
 * @throws StartupError naming the variable that is wrong
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  return {
    port: portOf(environment['PORT'] || '3003'),
    host: environment['HOST'] || '127.0.0.1',
    adapter: adapterOf(environment['ADAPTER'] || 'express'),
    dataFolder: environment['DATA_DIR'] || './.data-03',
  };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port <= 65_535) return port;
  throw new StartupError('PORT must be a whole number from 0 (any free port) to 65535.');
}

function adapterOf(text: string): Settings['adapter'] {
  if (text === 'express' || text === 'fastify') return text;
  throw new StartupError('ADAPTER must be express or fastify.');
}
