export { RedisReplayStore, type RedisReplayStoreOptions } from './redis.replay-store.js';
export type {
  IoredisClient,
  NodeRedisClient,
  NodeRedisScriptOptions,
  RedisClient,
} from './redis-client.js';
