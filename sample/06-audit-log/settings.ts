import { randomBytes } from 'node:crypto';

/** Something that the person who starts the sample can mend; shown as one line, without a stack. */
export class StartupError extends Error {}

/** What the environment may change. */
export interface Settings {
  readonly port: number;
  readonly adapter: 'express' | 'fastify';
  /** Keys and the audit log. */
  readonly dataFolder: string;
  /** Where checkpoints are kept. In a real application, on another machine. */
  readonly anchorFolder: string;
  /** What the administrator sends as a bearer token. */
  readonly adminToken: string;
  /** What the auditor sends as `X-API-Key`. */
  readonly apiKey: string;
}

/**
 * Reads `PORT`, `ADAPTER`, `DATA_DIR`, `ANCHOR_DIR`, `ADMIN` and `API_KEY`. The last two are new at every start
 * unless they are given.
 *
 * @throws StartupError naming the variable that is wrong
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  return {
    port: portOf(environment['PORT'] || '3006'),
    adapter: adapterOf(environment['ADAPTER'] || 'express'),
    dataFolder: environment['DATA_DIR'] || './.data-06',
    anchorFolder: environment['ANCHOR_DIR'] || './.anchor-06',
    adminToken: environment['ADMIN'] || randomToken(),
    apiKey: environment['API_KEY'] || randomToken(),
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

function randomToken(): string {
  return randomBytes(32).toString('base64url');
}
