import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-client.js';

/**
 * A Lua script on one key: called by its SHA-1, by which Redis names scripts, and sent whole to a server that
 * does not know it yet.
 */
export class RedisScript {
  readonly #source: string;
  readonly #sha1: string;

  constructor(source: string) {
    this.#source = source;
    this.#sha1 = createHash('sha1').update(source).digest('hex');
  }

  async run(client: RedisClient, key: string, args: string[]): Promise<unknown> {
    try {
      return await this.#byName(client, key, args);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return this.#whole(client, key, args);
    }
  }

  #byName(client: RedisClient, key: string, args: string[]): Promise<unknown> {
    return 'evalSha' in client
      ? client.evalSha(this.#sha1, { keys: [key], arguments: args })
      : client.evalsha(this.#sha1, 1, key, ...args);
  }

  #whole(client: RedisClient, key: string, args: string[]): Promise<unknown> {
    return 'evalSha' in client
      ? client.eval(this.#source, { keys: [key], arguments: args })
      : client.eval(this.#source, 1, key, ...args);
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
