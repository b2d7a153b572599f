import { splitList } from '../common/option-schema.js';

/** Reads `id:secret,id:secret` or one `id:secret` a line, as environment variables and files hold keys. */
export function parseKeyList(text: string): { id: string; secret: string }[] {
  return splitList(text).map((item) => {
    const colon = item.indexOf(':');
    return { id: item.slice(0, Math.max(colon, 0)), secret: item.slice(colon + 1) };
  });
}
