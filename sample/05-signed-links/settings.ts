import { randomBytes } from 'node:crypto';

/** Something that the person who starts the sample can mend; shown as one line, without a stack. */
export class StartupError extends Error {}

/** What the environment may change. */
export interface Settings {
  readonly port: number;
  readonly adapter: 'express' | 'fastify';
  /** `id:secret,id:secret`, newest first. */
  readonly keys: readonly { id: string; secret: string }[];
  /** What the shop and the billing service share. */
  readonly shopKey: string;
}

/**
 * Reads `PORT`, `ADAPTER`, `KEYS` and `SHOP_KEY`. Keys that are not given are new at every start, and links that
 * were signed before are then refused.
 *
 * @throws StartupError naming the variable that is wrong
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  return {
    port: portOf(environment['PORT'] || '3005'),
    adapter: adapterOf(environment['ADAPTER'] || 'express'),
    keys: keysOf(environment['KEYS'] || `start:${randomKey()}`),
    shopKey: environment['SHOP_KEY'] || randomKey(),
  };
}

/** The port is a part of the origin that is signed, so that it has to be known before. */
function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new StartupError('PORT must be a whole number from 1 to 65535.');
}

function adapterOf(text: string): Settings['adapter'] {
  if (text === 'express' || text === 'fastify') return text;
  throw new StartupError('ADAPTER must be express or fastify.');
}

function keysOf(text: string): Settings['keys'] {
  return text.split(',').map((entry) => {
    const [id = '', secret = ''] = entry.split(':');
    return { id, secret };
  });
}

function randomKey(): string {
  return randomBytes(32).toString('base64url');
}
