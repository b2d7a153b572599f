/** What is needed of a client of `ioredis`: `Redis` and `Cluster` have it. */
export interface IoredisClient {
  /** Runs a script that the server knows. */
  evalsha(sha1: string, numberOfKeys: number, ...args: string[]): Promise<unknown>;
  /** Runs a script. */
  eval(script: string, numberOfKeys: number, ...args: string[]): Promise<unknown>;
  /** Tells about the server. */
  info?(section: string): Promise<unknown>;
}

/** Keys and arguments of a script, as `redis` takes them. */
export interface NodeRedisScriptOptions {
  /** The keys that the script uses. */
  keys: string[];
  /** Its other arguments. */
  arguments: string[];
}

/** What is needed of a client of `redis` (node-redis 4 and newer): clients, clusters and pools have it. */
export interface NodeRedisClient {
  /** Runs a script that the server knows. */
  evalSha(sha1: string, options: NodeRedisScriptOptions): Promise<unknown>;
  /** Runs a script. */
  eval(script: string, options: NodeRedisScriptOptions): Promise<unknown>;
  /** Tells about the server. */
  info?(section: string): Promise<unknown>;
}

/** A client that the application has made and connected, and closes. */
export type RedisClient = IoredisClient | NodeRedisClient;
