/** Runs what `tsc` compiled: the same compiler output that is published. */
export default {
  roots: ['<rootDir>/build'],
  testMatch: ['**/*.test.js'],
  testEnvironment: 'node',
  transform: {},
  setupFiles: ['reflect-metadata'],
  moduleNameMapper: {
    '^nestjs-security$': '<rootDir>/build/lib/index.js',
    '^nestjs-security/class-validator$': '<rootDir>/build/lib/class-validator/index.js',
    '^nestjs-security/postgres$': '<rootDir>/build/lib/postgres/index.js',
    '^nestjs-security/redis$': '<rootDir>/build/lib/redis/index.js',
    '^nestjs-security/testing$': '<rootDir>/build/lib/testing/index.js',
  },
  reporters: ['default', '<rootDir>/test/support/summary.reporter.mjs'],
  // How long a machine takes is no verdict: this only ends what hangs.
  testTimeout: 180_000,
  // Modules of every suite stay in the memory of the process that ran it: after some 150 suites it only collects garbage.
  workerIdleMemoryLimit: '1GB',
};
