const { compilerOptions } = require('./tsconfig.json');

/** Nest's usual CommonJS Jest, and two things for an ESM package: its files are transformed too. */
module.exports = {
  rootDir: 'src',
  testRegex: '\\.spec\\.ts$',
  testEnvironment: 'node',
  moduleFileExtensions: ['js', 'json', 'ts'],
  transform: { '^.+\\.[tj]s$': ['ts-jest', { tsconfig: { ...compilerOptions, allowJs: true } }] },
  transformIgnorePatterns: ['/node_modules/(?!nestjs-security/)'],
};
