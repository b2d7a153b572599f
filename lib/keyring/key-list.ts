import { splitPairs } from '../common/option-schema.js';

/** Reads `id:secret,id:secret` or one `id:secret` a line, as environment variables and files hold keys. */
export function parseKeyList(text: string): { id: string; secret: string }[] {
  return splitPairs(text).map(({ name, value }) => ({ id: name, secret: value }));
}
