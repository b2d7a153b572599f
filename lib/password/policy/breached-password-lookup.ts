/** Tells in how many breaches a password was seen: 0 for one that is not known. */
export interface BreachedPasswordLookup {
  /**
   * @param sha1 the SHA-1 of the password as 40 upper-case hexadecimal digits
   * @throws BreachCheckError when there is no answer
   */
  count(sha1: string): Promise<number>;
}
