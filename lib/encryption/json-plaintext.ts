import { EncryptionError } from '../errors/encryption.error.js';
import type { StandardResult, StandardSchema } from './standard-schema.js';

const MAX_DEPTH = 64;

/**
 * Parses JSON (RFC 8259) and has a schema check it. Neither message nor cause of an error tells what stood
 * in the text.
 *
 * @throws EncryptionError `ENC_JSON_INVALID` for what is no JSON, is nested deeper than 64 levels, has a
 * member `__proto__`, or does not fit the schema; `ENC_SCHEMA_ASYNC` for a schema that answers with a promise
 */
export function parseJsonPlaintext<Output>(text: string, schema: StandardSchema<Output>): Output {
  const verdict = judged(parsed(text), schema);
  if (verdict.state === 'fits') return verdict.value;
  if (verdict.state === 'unfit') {
    throw jsonInvalid(`does not fit the schema in ${verdict.issues} respects`);
  }
  throw new EncryptionError(
    'ENC_SCHEMA_ASYNC',
    'the schema answers with a promise: give one without asynchronous checks',
  );
}

type Verdict<Output> =
  | { readonly state: 'fits'; readonly value: Output }
  | { readonly state: 'unfit'; readonly issues: number }
  | { readonly state: 'later' };

function parsed(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw jsonInvalid('is no JSON');
  }
  if (!isHarmless(value, MAX_DEPTH)) {
    throw jsonInvalid(`is nested deeper than ${MAX_DEPTH} levels, or has a member "__proto__"`);
  }
  return value;
}

function isHarmless(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0 || Object.hasOwn(value, '__proto__')) return false;
  return Object.values(value).every((child) => isHarmless(child, levels - 1));
}

function judged<Output>(value: unknown, schema: StandardSchema<Output>): Verdict<Output> {
  try {
    return verdictOf(schema['~standard'].validate(value));
  } catch {
    // What a schema throws may hold the value that it refused, and so may what the engine says of its answer.
    throw jsonInvalid('made the schema throw, or answer with what is no answer');
  }
}

function verdictOf<Output>(
  result: StandardResult<Output> | Promise<StandardResult<Output>>,
): Verdict<Output> {
  if ('then' in result) {
    // Its rejection could show the plaintext as an unhandled one.
    Promise.resolve(result).catch(() => undefined);
    return { state: 'later' };
  }
  return result.issues
    ? { state: 'unfit', issues: result.issues.length }
    : { state: 'fits', value: result.value };
}

function jsonInvalid(problem: string): EncryptionError {
  return new EncryptionError('ENC_JSON_INVALID', `the plaintext ${problem}`);
}
