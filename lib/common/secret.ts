import { inspect } from 'node:util';

/** What a {@link Secret} prints as, wherever it is printed. */
export const REDACTED = '[redacted]';

/**
 * Holds a value that must not be printed. `toString`, template strings, `JSON.stringify`,
 * `util.inspect` and structured loggers all show `[redacted]`; only {@link Secret.reveal} gives the
 * value. Accepted wherever this package takes a key or a password.
 *
 * @example
 * const apiToken = Secret.of(process.env.API_TOKEN!);
 * console.log(`calling with ${apiToken}`); // calling with [redacted]
 * fetch(url, { headers: { authorization: `Bearer ${apiToken.reveal()}` } });
 */
export class Secret<T = string> {
  readonly #value: T;

  private constructor(value: T) {
    this.#value = value;
  }

  /**
   * Wraps a value.
   *
   * @throws TypeError for `undefined`, `null`, or the literal text `[redacted]`, which is what a
   * secret becomes when it was logged and read back.
   */
  static of<T>(value: T): Secret<T> {
    if (value === undefined || value === null) throw new TypeError('a secret needs a value');
    if (value === REDACTED)
      throw new TypeError('this secret was lost: it was printed and read back');
    return new Secret(value);
  }

  /** Gives the value itself. Search for `reveal(` to find every place where a secret is used. */
  reveal(): T {
    return this.#value;
  }

  /** @returns `[redacted]` */
  toString(): string {
    return REDACTED;
  }

  /** @returns `[redacted]` */
  toJSON(): string {
    return REDACTED;
  }

  /** @throws TypeError when converted to a number; otherwise gives `[redacted]`. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'number') throw new TypeError('a secret has no number');
    return REDACTED;
  }

  /** @internal */
  [inspect.custom](): string {
    return REDACTED;
  }
}
