import fc from 'fast-check';
import { redact } from '../../lib/audit/record/redact.js';
import { VENDOR_KEY_SAMPLES } from '../support/vendor-key-samples.js';

const shown = (value: unknown): string => JSON.stringify(redact(value, () => 'p1.k.x'));
const escaped = (text: string): string =>
  text.replace(/[^A-Za-z0-9_]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);

const PLACES: readonly ((key: string) => unknown)[] = [
  (key) => ({ note: key }),
  (key) => new Error(`the partner sent ${key} yesterday`),
  (key) => ({ note: `found (${key}),"${key}"` }),
  (key) => ({ note: JSON.stringify({ note: key }) }),
  (key) => ({ note: `GET https://example.com/x?a=1&q=${encodeURIComponent(key)}&b=2` }),
  (key) => ({ note: `Host: a\r\nX-Note: ${key}\r\nAccept: */*` }),
  (key) => ({ [key]: 1 }),
  (key) => ({ note: escaped(key) }),
];

describe.each(VENDOR_KEY_SAMPLES)('a key of $issuer', ({ begin, secret, end = '' }) => {
  it('is taken out, wherever it stands', () => {
    fc.assert(
      fc.property(fc.stringMatching(secret), fc.constantFrom(...PLACES), (tail, put) => {
        const text = shown(put(begin + tail + end));
        const parts = tail.split(/[^A-Za-z0-9]+/).filter((part) => part.length >= 8);
        for (const part of parts) expect(text).not.toContain(part.slice(-8));
      }),
      { numRuns: 60 },
    );
  });
});
