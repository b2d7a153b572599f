import { hashRawSync } from '@node-rs/argon2';
import { parentPort } from 'node:worker_threads';
import { PROFILE } from './password-load-condition.js';

/** A worker thread that answers each message with a hash, computed synchronously. */
parentPort?.on('message', (password: string) => {
  const { memoryKiB, timeCost, parallelism } = PROFILE;
  const hash = hashRawSync(password, { memoryCost: memoryKiB, timeCost, parallelism });
  parentPort?.postMessage(hash, []);
});
