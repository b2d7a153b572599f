import fc from 'fast-check';
import { redact } from '../../lib/audit/record/redact.js';
import { redactText } from '../../lib/audit/record/redact-text.js';
import { SECRET_KINDS, type SecretKind, type SecretSample } from '../support/secret-samples.js';

const pseudonymOf = (): string => 'p1.k.AAAAAAAAAAAAAAAAAAAAAA';
const shown = (value: unknown): string => JSON.stringify(redact(value, pseudonymOf));

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('"', "'", '\\', '=', ':', '&', '%', '@', ' ', '\n', 'a', '/'),
  }),
);

function embedded({ samples, before = /^/, after = /^/ }: SecretKind) {
  const [ahead, behind] = [before, after].map((border) =>
    anyText.filter((text) => border.test(text)),
  );
  return fc.tuple(ahead ?? anyText, samples, behind ?? anyText).map(([start, sample, end]) => ({
    ...sample,
    text: start + sample.text + end,
  }));
}

/** Puts a text somewhere into a structure. */
const places = fc.array(
  fc.constantFrom<(value: unknown) => unknown>(
    (value) => [1, value],
    (value) => ({ note: value }),
    (value) => new Map([['note', value]]),
    (value) => new Set([value]),
    (value) => new Error('failed', { cause: value }),
    (value) => JSON.stringify({ note: value }),
    (value) => ({ toJSON: () => value }),
    (value) => new URLSearchParams({ q: String(value) }),
    (value) => (typeof value === 'string' ? new String(value) : value),
    (value) => (typeof value === 'string' ? { [value]: 1 } : value),
    (value) => (typeof value === 'string' ? new Map([[value, 1]]) : value),
  ),
  { maxLength: 4 },
);

function isHidden(text: string, { secret }: SecretSample): boolean {
  // Within JSON within JSON, a line end or a quote has escapes before it.
  return !text.replaceAll('\\', '').includes(secret);
}

describe.each(SECRET_KINDS.map((kind) => [kind.name, kind] as const))('%s', (_, kind) => {
  it('is taken out of a text, wherever it stands', () => {
    fc.assert(
      fc.property(embedded(kind), (sample) =>
        isHidden(redactText(sample.text, pseudonymOf), sample),
      ),
      { numRuns: 150 },
    );
  });

  it('is taken out of any structure', () => {
    fc.assert(
      fc.property(kind.samples, places, (sample, path) =>
        isHidden(shown(path.reduce<unknown>((value, put) => put(value), sample.text)), sample),
      ),
    );
  });

  it('is taken out across the places where texts are cut', () => {
    const padding = fc.constantFrom('x ', 'word, ', '{"a":1}', 'ab\n');
    const around = fc.oneof(
      fc.integer({ min: 960, max: 1040 }),
      fc.integer({ min: 3980, max: 4110 }),
    );
    fc.assert(
      fc.property(kind.samples, padding, around, (sample, pad, length) => {
        const ahead = `${pad.repeat(Math.ceil(length / pad.length)).slice(0, length - 1)} `;
        const text = redactText(`${ahead}${sample.text} ${pad.repeat(100)}`, pseudonymOf);
        return !text.includes(sample.secret.slice(0, 10));
      }),
    );
  });
});
