import { createHash } from 'node:crypto';
import { SecretsService, type PassphraseOptions } from 'nestjs-security';
import { EFF_LARGE_WORDLIST } from '../../lib/secrets/eff-large-wordlist.js';
import { countDraws, unevenness } from '../support/chi-square.js';

const secrets = new SecretsService();

describe("EFF's Long Wordlist", () => {
  it('is the published one, word for word', () => {
    const text = `${EFF_LARGE_WORDLIST.join('\n')}\n`;
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      '6d557f0693958fb5e650b68b5bee585eb82cf4da32965505c789e924743bc522',
    );
  });

  it('has 6^5 words, of which none is the beginning of another', () => {
    expect(new Set(EFF_LARGE_WORDLIST).size).toBe(6 ** 5);
    const sorted = EFF_LARGE_WORDLIST.toSorted();
    expect(sorted.filter((word, index) => sorted[index + 1]?.startsWith(word))).toEqual([]);
  });
});

describe('A generated passphrase', () => {
  it('has six words and 77.5 bits by default', () => {
    const { value, entropyBits } = secrets.passphrase();
    const words = value.split(' ');
    expect(words).toHaveLength(6);
    expect(words.filter((word) => !EFF_LARGE_WORDLIST.includes(word))).toEqual([]);
    expect(entropyBits).toBeCloseTo(6 * Math.log2(7776), 10);
  });

  it('has every word with the same probability', () => {
    const places = new Map(EFF_LARGE_WORDLIST.map((word, index) => [word, index]));
    const draw = () => places.get(secrets.passphrase({ words: 1 }).value) ?? -1;
    expect(unevenness(countDraws(7776, 7776 * 10, draw))).toBeLessThan(1);
  });

  it.each([
    [0, 6],
    [77, 6],
    [78, 7],
    [128, 10],
    [827, 64],
  ])('has for at least %p bits %p words', (minEntropyBits, words) => {
    const { value, entropyBits } = secrets.passphrase({ minEntropyBits });
    expect(value.split(' ')).toHaveLength(words);
    expect(entropyBits).toBeGreaterThanOrEqual(minEntropyBits);
  });

  it('never has fewer words than asked for', () => {
    expect(secrets.passphrase({ words: 9, minEntropyBits: 20 }).value.split(' ')).toHaveLength(9);
    expect(secrets.passphrase({ words: 2 }).value.split(' ')).toHaveLength(2);
  });

  it('has the separator and the capital letters asked for', () => {
    expect(secrets.passphrase({ separator: '', capitalize: true }).value).toMatch(
      /^([A-Z][a-z-]+){6}$/,
    );
    expect(secrets.passphrase({ separator: '·' }).value.split('·')).toHaveLength(6);
  });

  it.each<PassphraseOptions>([
    { words: 0 },
    { words: 65 },
    { words: 1.5 },
    { minEntropyBits: -1 },
    { minEntropyBits: NaN },
    { minEntropyBits: Infinity },
    { minEntropyBits: 828 },
  ])('is refused for %j', (options) => {
    expect(() => secrets.passphrase(options)).toThrow(RangeError);
  });

  it.each([{ words: '6' }, { minEntropyBits: '80' }, { separator: 5 }, { separator: '\ud800' }])(
    'is refused for %j, which has a wrong type',
    (options) => {
      expect(() => secrets.passphrase(options as PassphraseOptions)).toThrow(TypeError);
    },
  );
});
