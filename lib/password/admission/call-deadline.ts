import { checkWhole } from '../../common/check-whole.js';
import type { AdmissionRequest } from './admission-job.js';
import { LONGEST_TIMER_MS } from './admission-limits.js';

/**
 * The request of a call that may wait for several jobs one after the other: its `timeoutMs` is what is left of
 * the time of the whole call whenever it is read. Without a `timeoutMs` each job has that of the limits.
 *
 * @throws TypeError or RangeError for a `timeoutMs` that is no whole number or out of bounds
 */
export function fromNowOn(request: AdmissionRequest): AdmissionRequest {
  const { timeoutMs } = request;
  if (timeoutMs === undefined) return request;
  checkWhole(timeoutMs, 'timeoutMs', 1, LONGEST_TIMER_MS);
  const end = performance.now() + timeoutMs;
  return {
    signal: request.signal,
    fairnessKey: request.fairnessKey,
    get timeoutMs() {
      return Math.max(1, Math.ceil(end - performance.now()));
    },
  };
}
