const { transform, ...common } = require('./jest.config.js');

/** The same with SWC, which is faster and needs no list of compiler options. */
module.exports = {
  ...common,
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
};
