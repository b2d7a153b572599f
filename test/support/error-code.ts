/** How an action ends: the code of its error, or else the error's name, or `done`. */
export function endOf(action: () => unknown): string {
  try {
    action();
    return 'done';
  } catch (error) {
    return nameOf(error);
  }
}

/** As {@link endOf}, of what answers later. */
export async function endOfAsync(action: () => Promise<unknown>): Promise<string> {
  return action().then(() => 'done', nameOf);
}

function nameOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'no error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error ? String(error.name) : 'no error';
}
