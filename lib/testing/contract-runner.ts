/** The two functions of a test runner that a contract suite needs; Jest, Vitest, Mocha and `node:test` have them. */
export interface ContractRunner {
  /** Groups tests. */
  readonly describe: (name: string, body: () => void) => void;
  /** Runs a test, which fails by rejecting. */
  readonly it: (name: string, test: () => Promise<void>) => void;
}
