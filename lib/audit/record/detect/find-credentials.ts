import type { CredentialForm } from './credential-form.js';
import { CREDENTIAL_FORMS } from './credential-forms.js';
import { secretAt, type Finding } from './finding.js';
import { matchesOf } from './matches.js';
import { featureOfForm } from './text-features.js';

/** Which forms stand for each bit of the features. */
const FORMS_OF_BITS: readonly (readonly CredentialForm[])[] = Array.from({ length: 32 }, (_, bit) =>
  CREDENTIAL_FORMS.filter((_form, index) => featureOfForm(index) === 1 << bit),
);
/** The signs of secrets (`+ - . / = _ ~`) as URLs, JSON and HTML escape them, JSON also within URLs. */
const ESCAPED_SIGN =
  /(?:%(?:25){0,2}|&#x|(?:\\|%(?:25){0,2}5c){1,4}(?:u00|x))(2[bdef]|3d|5f|7e);?|&#(4[3567]|61|95|126);|(?:\\|%(?:25){0,2}5c){1,4}([-+./=_~])/gi;
const ESCAPED_REST = new RegExp(`^(?:(?:${ESCAPED_SIGN.source})[\\w+/=.~-]*)+`, 'i');
/** So much of what stands behind a secret tells whether it goes on. */
const NEAR = 32;

/** Secrets that are known by their form. */
export function findCredentials(text: string, features: number): Finding[] {
  const found: Finding[] = [];
  for (let bits = features; bits !== 0; bits &= bits - 1) {
    for (const form of FORMS_OF_BITS[31 - Math.clz32(bits & -bits)] ?? []) {
      if (form.marks.some((mark) => text.includes(mark))) found.push(...credentialsOf(form, text));
    }
  }
  return found;
}

function credentialsOf(form: CredentialForm, text: string): Finding[] {
  const found: Finding[] = [];
  let end = 0;
  for (const match of matchesOf(text, form.pattern)) {
    const start = match.index + (match.groups?.['keep']?.length ?? 0);
    // What follows an escape was taken for the rest of the secret before.
    if (start < end) continue;
    end = match.index + match[0].length;
    if (end <= start || form.accepts?.(match[0]) === false) continue;
    end += lengthOfRest(form, match[0], text.slice(end));
    found.push(secretAt(start, end));
  }
  return found;
}

/** How far a secret goes on behind an escape: that would be no secret any more, once its beginning is gone. */
function lengthOfRest({ pattern }: CredentialForm, begun: string, behind: string): number {
  const near = behind.slice(0, NEAR);
  const [rest = ''] = ESCAPED_REST.exec(near) ?? [];
  if (rest === '') return 0;
  const plain = begun + rest.replace(ESCAPED_SIGN, signOf);
  const [longer = ''] = plain.match(pattern) ?? [];
  return longer.length > begun.length ? (ESCAPED_REST.exec(behind)?.[0].length ?? 0) : 0;
}

function signOf(_: string, hex?: string, decimal?: string, sign = ''): string {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return Number.isNaN(code) ? sign : String.fromCharCode(code);
}
