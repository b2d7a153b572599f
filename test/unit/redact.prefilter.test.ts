import fc from 'fast-check';
import { CREDENTIAL_FORMS } from '../../lib/audit/record/detect/credential-forms.js';
import { findSecrets } from '../../lib/audit/record/detect/find-secrets.js';
import {
  EVERY_FEATURE,
  featureOfForm,
  featuresOf,
} from '../../lib/audit/record/detect/text-features.js';
import { redactText } from '../../lib/audit/record/redact-text.js';
import { SECRET_KINDS } from '../support/secret-samples.js';

const pseudonymOf = (address: string): string => `<${address.length}>`;
const alphabet = [...'=:@%&+\\"\'` \n-_.$/{}[]<>();,~aAbByYzZ0189é\u200b'];
const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.oneof(
        ...SECRET_KINDS.map(({ samples }) => samples.map(({ text }) => text)),
        fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 6 }),
      ),
      { maxLength: 3 },
    )
    .map((parts) => parts.join('')),
);

/** What some forms need behind them. */
const BEHIND = ['@', ': '];

/** A piece of a text, so that secrets are broken off. */
const pieces = fc
  .tuple(texts, fc.nat(40), fc.nat(40))
  .map(([text, start, end]) => text.slice(start, text.length - end));

describe('what lets a text pass without being searched', () => {
  it('passes only texts in which the whole search finds nothing', () => {
    fc.assert(
      fc.property(fc.oneof(texts, pieces), (text) => {
        fc.pre(featuresOf(text) === 0);
        expect(findSecrets(text, EVERY_FEATURE, pseudonymOf)).toEqual([]);
        expect(redactText(text, pseudonymOf)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves out of the search only what finds nothing', () => {
    const inOrder = (text: string, features: number): string[] =>
      findSecrets(text, features, pseudonymOf)
        .map(({ start, end, shown }) => `${start} ${end} ${shown}`)
        .toSorted();
    fc.assert(
      fc.property(fc.oneof(texts, pieces), (text) => {
        expect(inOrder(text, featuresOf(text))).toEqual(inOrder(text, EVERY_FEATURE));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(
    CREDENTIAL_FORMS.map(({ pattern, marks }, at) => ({
      pattern,
      marks,
      at,
      name: pattern.source,
    })),
  )('knows a mark of every match of $name', ({ pattern, marks, at }) => {
    let matches = 0;
    fc.assert(
      fc.property(
        fc.stringMatching(withoutAssertions(pattern)),
        fc.infiniteStream(fc.boolean()),
        (text, upper) => {
          const cased = pattern.ignoreCase ? inMixedCase(text, upper) : text;
          for (const [match] of BEHIND.flatMap((end) => [...(cased + end).matchAll(pattern)])) {
            matches += 1;
            expect(marks.some((mark) => match.includes(mark))).toBe(true);
            expect(featuresOf(match) & featureOfForm(at)).not.toBe(0);
          }
        },
      ),
    );
    expect(matches).toBeGreaterThan(10);
  });
});

/** The generator knows no assertions: without them it makes more than matches, among which matches are found. */
function withoutAssertions({ source }: RegExp): RegExp {
  const lookaround = /\(\?<?[=!](?:\[(?:\\.|[^\]])*\]|[^()[\]])*\)/g;
  return new RegExp(
    source
      .replaceAll(lookaround, '')
      .replaceAll('(?<keep>', '(?:')
      .replaceAll('^|', '')
      .replaceAll('|$)', ')')
      .replaceAll(String.raw`\b`, ''),
  );
}

function inMixedCase(text: string, upper: fc.Stream<boolean>): string {
  return [...text].map((letter) => (upper.next().value ? letter.toUpperCase() : letter)).join('');
}
