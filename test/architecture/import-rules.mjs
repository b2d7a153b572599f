/**
 * The floors of the house, for dependency-cruiser: who may import whom. Paths start at the folder that
 * holds `lib`. It parses with SWC, so that type-only imports count too.
 *
 * By hand: npx depcruise --config test/architecture/import-rules.mjs lib
 */
const GROUND = 'common|errors|keyring|events';
const ADAPTERS = 'postgres|redis|nats';
const TOP = 'testing|cli|schematics|class-validator';
/** What a feature may lean on: none of them knows a feature. */
const SHARED = `${GROUND}|context|limit|replay`;
/** Features with an exception of their own below. */
const EXCEPTED = 'audit|webhook|encryption|password';

/** A file whose name tells a role takes part in Nest; what is left are pure functions. */
const ROLE =
  '\\.(service|options|guard|decorator|interceptor|middleware|filter|controller|module|check)\\.ts$';
const INPUT_OUTPUT =
  '^(node:)?(fs|fs/promises|net|http|https|http2|tls|dgram|dns|dns/promises|child_process|cluster|worker_threads)$';

const folder = (names) => `^lib/(${names})/`;

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'With emitDecoratorMetadata a cycle between decorated classes fails at load.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved-import',
      comment: 'An import that cannot be followed cannot be judged either.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'ground-floor-imports-nothing-above',
      severity: 'error',
      from: { path: folder(GROUND) },
      to: { path: '^lib/', pathNot: folder(GROUND) },
    },
    {
      name: 'ground-floor-knows-no-framework',
      severity: 'error',
      from: { path: folder(GROUND) },
      to: {
        dependencyTypesNot: ['core', 'local'],
        pathNot: ['^lib/', 'node_modules/(zod|fastest-levenshtein|lru-cache)/'],
      },
    },
    {
      name: 'common-does-no-input-or-output',
      severity: 'error',
      from: { path: folder('common') },
      to: { dependencyTypes: ['core'], path: INPUT_OUTPUT },
    },
    {
      name: 'shared-rooms-know-no-feature',
      severity: 'error',
      from: { path: folder('context|limit|replay') },
      to: { path: '^lib/', pathNot: [folder(`${GROUND}|context`), '^lib/$1/'] },
    },
    {
      name: 'features-know-no-other-feature',
      severity: 'error',
      from: { path: '^lib/([^/]+)/', pathNot: folder(`${SHARED}|${ADAPTERS}|${TOP}|${EXCEPTED}`) },
      to: { path: '^lib/', pathNot: [folder(SHARED), '^lib/$1/'] },
    },
    {
      name: 'audit-knows-no-feature',
      severity: 'error',
      from: { path: folder('audit') },
      to: { path: '^lib/', pathNot: folder(`${SHARED}|audit`) },
    },
    {
      name: 'webhook-knows-only-the-pure-functions-of-hmac',
      severity: 'error',
      from: { path: folder('webhook') },
      to: { path: '^lib/', pathNot: [folder(`${SHARED}|webhook`), `^lib/hmac/(?!.*${ROLE})`] },
    },
    {
      name: 'encryption-and-password-know-only-the-pure-functions-of-key-derivation',
      severity: 'error',
      from: { path: folder('encryption|password') },
      to: {
        path: '^lib/',
        pathNot: [folder(SHARED), '^lib/$1/', `^lib/key-derivation/(?!.*${ROLE})`],
      },
    },
    {
      name: 'adapters-know-only-contracts',
      comment: 'They serve features, and use neither their injectables nor another adapter.',
      severity: 'error',
      from: { path: folder(ADAPTERS) },
      to: {
        path: ['^lib/[^/]+$', folder(`${ADAPTERS}|${TOP}`), `^lib/.*${ROLE}`],
        pathNot: '^lib/$1/',
      },
    },
    {
      name: 'nobody-imports-what-users-import',
      severity: 'error',
      from: { path: '^lib/([^/]+)' },
      to: { path: ['^lib/index\\.ts$', folder(TOP)], pathNot: '^lib/$1/' },
    },
    {
      name: 'only-the-top-imports-the-module',
      severity: 'error',
      from: { path: '^lib/', pathNot: ['^lib/index\\.ts$', folder(TOP)] },
      to: { path: '^lib/security\\.module\\.ts$' },
    },
    {
      name: 'the-package-declares-what-it-imports',
      comment: 'A development dependency is not there when the package is installed.',
      severity: 'error',
      from: { path: '^lib/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'],
        dependencyTypesNot: ['npm', 'npm-peer'],
      },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
