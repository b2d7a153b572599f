import * as canonicalizePackage from 'canonicalize';
import { copyJson, type JsonValue, type NumberRule } from './check-json.js';
import { problemOfPythonNumber, pythonJson } from './python-json.js';

/**
 * How a value becomes the text that is signed.
 * - `jcs`: the JSON Canonicalization Scheme (RFC 8785).
 * - `python-json`: what Python's `json.dumps(value, sort_keys=True)` gives; refuses numbers that the two
 *   languages may spell differently.
 */
export type Canonicalization = 'jcs' | 'python-json';

/** How many arrays and objects may stand within one another. */
export const MAX_PAYLOAD_DEPTH = 500;

const NUMBER_RULES: Readonly<Record<Canonicalization, NumberRule>> = Object.freeze({
  jcs: () => undefined,
  'python-json': problemOfPythonNumber,
});

/**
 * The canonical text of a value.
 *
 * @throws TypeError for an unknown canonicalization
 * @throws MacError `MAC_PAYLOAD_UNFIT` for what the form does not spell
 */
export function canonicalPayload(value: unknown, form: Canonicalization): string {
  if (!Object.hasOwn(NUMBER_RULES, form)) {
    throw new TypeError(`canonicalization must be one of ${Object.keys(NUMBER_RULES).join(', ')}`);
  }
  const copy = copyJson(value, MAX_PAYLOAD_DEPTH, NUMBER_RULES[form]);
  return form === 'jcs' ? jcs(copy) : pythonJson(copy);
}

type Canonicalize = (value: unknown) => string | undefined;

function jcs(value: JsonValue): string {
  const text = canonicalize()(value);
  // Only what was refused above has no text.
  if (text === undefined) throw new TypeError('the payload has no JSON');
  return text;
}

/**
 * The package exports its function itself, which its declarations do not say. Transformed to CommonJS, as Jest
 * does it to tests of applications, this is the function; as an ES module, it is the default export.
 */
function canonicalize(): Canonicalize {
  const exported: unknown = canonicalizePackage;
  const { default: inner }: { default: unknown } = canonicalizePackage;
  return (typeof exported === 'function' ? exported : inner) as Canonicalize;
}
