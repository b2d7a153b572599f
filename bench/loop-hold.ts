/** How long something took, and the longest that the event loop stood still meanwhile; in milliseconds. */
export interface Hold {
  readonly took: number;
  readonly longest: number;
}

/**
 * Watches the loop from turn to turn while something is awaited. Of each turn, the processor's time counts where
 * it is less than the clock's: what other programs took on this machine is not ours.
 */
export async function holdOf(work: () => Promise<unknown>): Promise<Hold> {
  let [last, longest, isDone] = [now(), 0, false];
  const tick = (): void => {
    const present = now();
    longest = Math.max(longest, Math.min(present.clock - last.clock, present.cpu - last.cpu));
    last = present;
    if (!isDone) setImmediate(tick);
  };
  setImmediate(tick);
  const before = performance.now();
  await work();
  const took = performance.now() - before;
  await new Promise((resolve) => setImmediate(resolve));
  isDone = true;
  return { took, longest };
}

function now(): { clock: number; cpu: number } {
  const { user, system } = process.cpuUsage();
  return { clock: performance.now(), cpu: (user + system) / 1000 };
}
