import { Logger } from '@nestjs/common';
import { registerAs } from '@nestjs/config';
import { readFileSync } from 'node:fs';
import { nearestName } from './common/nearest-name.js';
import { systemErrorCode } from './common/system-error-code.js';
import { SecurityConfigurationError } from './errors/security-configuration.error.js';
import {
  environmentVariables,
  matchVariable,
  type EnvironmentVariable,
} from './security.environment.js';
import { securitySchema, type SecurityModuleOptions } from './security.options.js';

const MAX_FILE_BYTES = 64 * 1024;
const FILE_SUFFIX = '_FILE';

/**
 * The options of {@link SecurityModule} from `SECURITY_*` environment variables, for `@nestjs/config`.
 * Every option that is a text or a number is its path in upper snake case
 * (`SECURITY_PASSWORD_MEMORY_KIB`); lists are separated by commas (`SECURITY_KEYS=id:secret,id:secret`);
 * each secret can be a file instead (`SECURITY_KEYS_FILE=/run/secrets/keys`). An unknown `SECURITY_*`
 * variable gives a warning. `.env` files are read only when `ConfigModule.forRoot()` is imported, too.
 *
 * @throws SecurityConfigurationError when the application starts: a file that cannot be read, a variable
 * beside its file, or an option that is wrong
 * @example
 * imports: [ConfigModule.forRoot(), SecurityModule.forRootAsync(securityConfig.asProvider())]
 */
export const securityConfig = registerAs('nestjs-security', () =>
  optionsFromEnvironment(process.env),
);

/** Reads the options from an environment; wrong values are left to the schema to refuse. */
export function optionsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void = (message) => new Logger('SecurityModule').warn(message),
): SecurityModuleOptions {
  const variables = environmentVariables(securitySchema);
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('SECURITY_') || value === undefined) continue;
    const found = findVariable(name, variables, environment);
    if (!found) warn(unknownVariable(name, variables));
    else
      place(
        options,
        found.path,
        found.variable.read(found.isFile ? readVariableFile(name, value) : value),
      );
  }
  // Not yet checked: the schema does that when the application starts.
  return options as unknown as SecurityModuleOptions;
}

function findVariable(
  name: string,
  variables: readonly EnvironmentVariable[],
  environment: Readonly<Record<string, string | undefined>>,
) {
  const direct = matchVariable(name, variables);
  if (direct) return { ...direct, isFile: false };
  if (!name.endsWith(FILE_SUFFIX)) return undefined;
  const plainName = name.slice(0, -FILE_SUFFIX.length);
  const found = matchVariable(plainName, variables);
  if (!found?.variable.secret) return undefined;
  if (environment[plainName] !== undefined) {
    throw invalid(name, `is set beside ${plainName}: keep one of them.`);
  }
  return { ...found, isFile: true };
}

function readVariableFile(name: string, path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw invalid(
      name,
      `names a file that cannot be read (${systemErrorCode(error)}): give the path of a readable file.`,
    );
  }
  if (bytes.length > MAX_FILE_BYTES)
    throw invalid(
      name,
      `names a file of more than ${MAX_FILE_BYTES} bytes: give the path of one that holds the value only.`,
    );
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

/** Puts a value where its path says, making the objects on the way. Paths come from the schema. */
function place(options: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) {
    options[first] = value;
    return;
  }
  // A chosen name may be that of an inherited property, such as "constructor".
  if (!Object.hasOwn(options, first)) options[first] = {};
  place(options[first] as Record<string, unknown>, rest, value);
}

function unknownVariable(name: string, variables: readonly EnvironmentVariable[]): string {
  const nearest = nearestName(
    name,
    variables.map((variable) => variable.name),
  );
  const mend =
    nearest === undefined
      ? 'docs/configuration.md lists the known ones.'
      : `Did you mean ${nearest}?`;
  return `The environment variable ${name} is not known and was ignored. ${mend}`;
}

function invalid(option: string, message: string): SecurityConfigurationError {
  return new SecurityConfigurationError('CONFIG_INVALID', [{ option, message }]);
}
