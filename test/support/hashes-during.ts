import { createHook } from 'node:async_hooks';

/** How often the native library of npm argon2 was set to work. */
export async function hashesDuring(work: () => Promise<unknown>): Promise<number> {
  let hashes = 0;
  const hook = createHook({
    init: (_, type) => void (hashes += Number(type === 'argon2:HashWorker')),
  });
  hook.enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return hashes;
}
