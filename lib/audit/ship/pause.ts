/**
 * Waits, or until the signal aborts; never rejects. Waiting does not keep the process alive.
 *
 * @param ms milliseconds
 */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end);
  });
}

/**
 * Waits for some work, a limited time, and keeps the process alive meanwhile.
 *
 * @param ms milliseconds
 * @returns whether the work ended in time; rejects when it does
 */
export async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const late = Symbol('late');
  return (await race(work, ms, late)) !== late;
}

/**
 * Waits for an answer, a limited time, and keeps the process alive meanwhile. Rejects when the work does, and
 * with the code `timeout` when it takes longer.
 *
 * @param ms milliseconds
 */
export async function answered<T>(
  work: Promise<T> | undefined,
  ms: number,
): Promise<T | undefined> {
  const late = Symbol('late');
  const answer = await race(work, ms, late);
  if (answer === late) throw overdue();
  return answer;
}

/** Somebody who was asked took too long. */
export function overdue(): Error {
  return Object.assign(new Error('no answer'), { code: 'timeout' });
}

async function race<T, Late extends symbol>(
  work: T,
  ms: number,
  late: Late,
): Promise<Awaited<T> | Late> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<Late>((resolve) => (timer = setTimeout(() => resolve(late), ms)));
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
