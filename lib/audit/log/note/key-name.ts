const KEY_NAME = /^[^\p{White_Space}+]+$/u;

/** Whether a text can name a key by c2sp.org/signed-note: not empty, no Unicode space, no plus sign. */
export function isKeyName(name: string): boolean {
  return name.isWellFormed() && KEY_NAME.test(name);
}
