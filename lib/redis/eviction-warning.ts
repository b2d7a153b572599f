import type { RedisClient } from './redis-client.js';

const MEND =
  'Replay protection needs a Redis that evicts nothing, or what was used can be used again: set maxmemory-policy noeviction.';

/** What is wrong with the way a Redis makes room, in words; `undefined` when it never evicts. */
export async function evictionWarning(client: RedisClient): Promise<string | undefined> {
  const policy = await evictionPolicy(client);
  if (policy === 'noeviction') return undefined;
  return policy === undefined
    ? `The maxmemory-policy of Redis cannot be read (INFO memory). ${MEND}`
    : `The maxmemory-policy of Redis is ${policy}. ${MEND}`;
}

async function evictionPolicy(client: RedisClient): Promise<string | undefined> {
  try {
    const info = await client.info?.('memory');
    return /^maxmemory_policy:([a-z-]{1,32})\r?$/m.exec(String(info))?.[1];
  } catch {
    // Managed servers may hide it, and a connection that fails is told by the call beside this one.
    return undefined;
  }
}
