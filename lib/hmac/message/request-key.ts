import { refuseUnknown } from '../../common/refuse-unknown.js';
import type { RawMacKey } from '../mac/compute-mac.js';
import { macKeysOf, type MacKey } from '../mac/mac-key.js';
import { isKeyId } from './signature-input.js';

/** A key that two services share to sign requests. */
export interface RequestKey {
  /** Its public name, which the request carries: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  id: string;
  /** The key. */
  key: MacKey;
}

/** A {@link RequestKey} after checking. */
export interface NamedMacKey {
  readonly id: string;
  readonly key: RawMacKey;
}

/**
 * The keys that a call was given; `undefined` when it was given none.
 *
 * @throws TypeError for a key that is given and undefined, which is most likely a variable that is not set, and as
 * {@link requestKeysOf} does
 */
export function givenRequestKeys(options: {
  readonly key?: RequestKey | readonly RequestKey[];
}): ReturnType<typeof requestKeysOf> | undefined {
  if (!('key' in options)) return undefined;
  if (options.key === undefined) throw new TypeError('key is undefined');
  return requestKeysOf(options.key);
}

/**
 * The keys that a call was given, the one that signs first.
 *
 * @throws TypeError for none, an id of another form or given twice, or an unfit key
 */
export function requestKeysOf(
  keys: RequestKey | readonly RequestKey[],
): readonly [NamedMacKey, ...NamedMacKey[]] {
  const [first, ...others]: readonly RequestKey[] = isList(keys) ? keys : [keys];
  if (first === undefined)
    throw new TypeError('key must be { id, key }, or a list of at least one');
  const ids = new Set([first, ...others].map(({ id }) => id));
  if (ids.size <= others.length) throw new TypeError('key has an id twice');
  return [namedKeyOf(first), ...others.map(namedKeyOf)];
}

function isList(keys: RequestKey | readonly RequestKey[]): keys is readonly RequestKey[] {
  return Array.isArray(keys);
}

function namedKeyOf(given: RequestKey): NamedMacKey {
  refuseUnknown(given, ['id', 'key'], 'the key');
  if (!isKeyId(given.id)) {
    throw new TypeError('the id of a key must be 1 to 64 of the characters A-Z a-z 0-9 _ -');
  }
  const [key] = macKeysOf(given.key);
  return { id: given.id, key };
}
