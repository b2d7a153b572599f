import type { CredentialForm } from './credential-form.js';
import { CREDENTIAL_FORMS } from './credential-forms.js';
import { secretAt, type Finding } from './finding.js';
import { matchesOf } from './matches.js';
import { featureOfForm } from './text-features.js';

/** Which forms stand for each bit of the features. */
const FORMS_OF_BITS: readonly (readonly CredentialForm[])[] = Array.from({ length: 32 }, (_, bit) =>
  CREDENTIAL_FORMS.filter((_form, index) => featureOfForm(index) === 1 << bit),
);

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

function credentialsOf({ pattern, accepts }: CredentialForm, text: string): Finding[] {
  const found: Finding[] = [];
  for (const match of matchesOf(text, pattern)) {
    const start = match.index + (match.groups?.['keep']?.length ?? 0);
    const end = match.index + match[0].length;
    if (end > start && (accepts?.(match[0]) ?? true)) found.push(secretAt(start, end));
  }
  return found;
}
