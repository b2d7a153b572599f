import { systemErrorCode } from '../common/system-error-code.js';
import { writeDurably } from '../keyring/durable-file.js';
import { UsageError } from './usage.error.js';

/**
 * Writes a private file (mode 0600) that must not be there yet.
 *
 * @throws UsageError when there is one; the system's own error when it cannot be written
 */
export async function writeNewFile(path: string, text: string): Promise<void> {
  try {
    await writeDurably(path, text);
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    throw new UsageError(`${JSON.stringify(path)} exists already: give the name of a new file`);
  }
}
