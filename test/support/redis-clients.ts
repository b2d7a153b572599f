import { Redis } from 'ioredis';
import type { RedisClient } from 'nestjs-security/redis';
import { createClient } from 'redis';

/** A client of one of the two packages, and how it is closed. */
export interface OpenedClient {
  readonly client: RedisClient;
  close(): void;
}

/** The packages whose clients {@link RedisReplayStore} takes. */
export const redisPackages = [
  {
    name: 'ioredis',
    open: async (url: string): Promise<OpenedClient> => {
      const client = new Redis(url);
      client.on('error', () => {});
      return { client, close: () => client.disconnect() };
    },
  },
  {
    name: 'redis',
    open: async (url: string): Promise<OpenedClient> => {
      const client = createClient({ url });
      client.on('error', () => {});
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
] as const;
