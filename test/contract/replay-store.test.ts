import { MemoryReplayStore } from 'nestjs-security';
import { RedisReplayStore } from 'nestjs-security/redis';
import { replayStoreContract } from 'nestjs-security/testing';
import { redisForTests } from '../support/redis.js';
import { redisPackages, type OpenedClient } from '../support/redis-clients.js';

describe('MemoryReplayStore is', () => {
  replayStoreContract({ describe, it }, () => new MemoryReplayStore());
});

const redis = await redisForTests('the contract of replay stores against Redis');

if (redis) {
  afterAll(() => redis.end());

  describe.each(redisPackages)('RedisReplayStore with $name is', ({ open }) => {
    let opened: OpenedClient;
    beforeAll(async () => {
      opened = await open(redis.url);
    });
    afterAll(() => opened.close());

    replayStoreContract(
      { describe, it },
      () => new RedisReplayStore({ client: opened.client, keyPrefix: redis.keyPrefix }),
    );
  });
}
