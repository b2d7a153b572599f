import { setTimeout as wait } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

/** Waits until something holds; fails when it takes too long even for a slow machine. */
export async function until(holds: () => boolean, what = 'the condition'): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what} did not come true`);
    await wait(2);
  }
}
