/** Something that the person who starts the sample can mend; shown as one line, without a stack. */
export class StartupError extends Error {}

/** What the environment may change. */
export interface Settings {
  readonly port: number;
  readonly adapter: 'express' | 'fastify';
  readonly dataFolder: string;
  /** For how long a link opens. */
  readonly linkSeconds: number;
}

/**
 * Reads `PORT`, `ADAPTER`, `DATA_DIR` and `LINK_SECONDS`.
 *
 * @throws StartupError naming the variable that is wrong
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  return {
    port: portOf(environment['PORT'] || '3004'),
    adapter: adapterOf(environment['ADAPTER'] || 'express'),
    dataFolder: environment['DATA_DIR'] || './.data-04',
    linkSeconds: linkSecondsOf(environment['LINK_SECONDS'] || '600'),
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

function linkSecondsOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new StartupError(
    'LINK_SECONDS must be a whole number from 0 (this very second) to 999999.',
  );
}
