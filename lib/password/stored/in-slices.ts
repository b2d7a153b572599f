import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 2;
/** Looking at the clock after every step would cost as much as the step. */
const STEPS_BETWEEN_LOOKS = 16;

/**
 * Does a step many times in slices of about 2 ms, and lets the event loop turn between them: for work that no
 * native function does off the loop.
 *
 * @param step takes microseconds; gets the number of the step, from 0
 */
export async function inSlices(count: number, step: (index: number) => void): Promise<void> {
  let end = performance.now() + SLICE_MS;
  for (let index = 0; index < count; index += 1) {
    step(index);
    if (index % STEPS_BETWEEN_LOOKS === 0 && performance.now() >= end) {
      await setImmediate();
      end = performance.now() + SLICE_MS;
    }
  }
}
