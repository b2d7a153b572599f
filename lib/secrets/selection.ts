import { checkWhole } from '../common/check-whole.js';
import { randBelow } from '../common/random.js';
import { SecretsError } from '../errors/secrets.error.js';

/**
 * Draws one item, each with the same probability.
 *
 * @throws TypeError when `items` is no list
 * @throws SecretsError `SECRET_TOO_FEW_ITEMS` for an empty list
 */
export function drawItem<T>(items: readonly T[]): T {
  checkEnough(items, 1);
  return items[randBelow(items.length)] as T;
}

/**
 * Draws so many items without replacement, in random order: each ordered selection has the same
 * probability. Positions are drawn, so that equal items count as different ones. The list is not changed.
 *
 * @throws TypeError when `items` is no list or `count` no number, RangeError when `count` is negative or
 * no integer
 * @throws SecretsError `SECRET_TOO_FEW_ITEMS` when there are fewer items than asked for
 */
export function drawItems<T>(items: readonly T[], count: number): T[] {
  checkEnough(items, count);
  const pool = Array.from(items);
  for (let index = 0; index < count; index += 1) {
    const other = index + randBelow(pool.length - index);
    // Both are within the list; its items may themselves be undefined.
    [pool[index], pool[other]] = [pool[other] as T, pool[index] as T];
  }
  return pool.slice(0, count);
}

function checkEnough(items: readonly unknown[], count: number): void {
  if (!Array.isArray(items)) throw new TypeError('the items must be a list');
  checkWhole(count, 'the number of items', 0, Number.MAX_SAFE_INTEGER);
  if (count > items.length) {
    const message = `${count} items were asked for, and the list has ${items.length}`;
    throw new SecretsError('SECRET_TOO_FEW_ITEMS', message);
  }
}
