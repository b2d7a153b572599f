import fc from 'fast-check';
import {
  decodeBase64,
  decodeBase64Url,
  decodeHex,
  decodePaddedBase64Url,
  decodeUnpaddedBase64,
  encodePaddedBase64Url,
  encodeUnpaddedBase64,
} from '../../lib/common/encoding.js';

const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));

const codecs = [
  { name: 'hex', decode: decodeHex, encode: (value: Buffer) => value.toString('hex') },
  { name: 'base64', decode: decodeBase64, encode: (value: Buffer) => value.toString('base64') },
  { name: 'unpadded base64', decode: decodeUnpaddedBase64, encode: encodeUnpaddedBase64 },
  {
    name: 'base64url',
    decode: decodeBase64Url,
    encode: (value: Buffer) => value.toString('base64url'),
  },
  { name: 'padded base64url', decode: decodePaddedBase64Url, encode: encodePaddedBase64Url },
];

describe.each(codecs)('the strict decoder of $name', ({ decode, encode }) => {
  it('gives back what was encoded', () => {
    fc.assert(fc.property(bytes, (value) => decode(encode(value))?.equals(value) === true));
  });

  it('accepts no second spelling of the same bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        const value = decode(text);
        return (
          value === undefined || encode(value) === text || encode(value).toUpperCase() === text
        );
      }),
    );
  });

  it.each(['\n', ' ', '=', 'Ł', '\0', '!'])('refuses a good text with %j behind it', (junk) => {
    const text = encode(Buffer.from('0123456789ab'));
    expect(decode(text + junk)).toBeUndefined();
  });
});

describe('the strict decoders', () => {
  it.each(['abc', '0g', 'aB', 'Łb'])('refuse %j as hex', (text) => {
    expect(decodeHex(text)).toBeUndefined();
  });

  it.each(['AB', 'AB=', 'QQ', 'QR==', 'Q_==', 'Q-=='])('refuse %j as base64', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('do not take U+0141 for A', () => {
    expect(decodeBase64Url('ŁAAA')).toBeUndefined();
    expect(decodePaddedBase64Url('ŁAAA')).toBeUndefined();
  });

  it('refuse spare bits', () => {
    expect(decodeBase64Url('QQ')).toEqual(Buffer.from('A'));
    expect(decodeBase64Url('QR')).toBeUndefined();
    expect(decodeUnpaddedBase64('QR')).toBeUndefined();
  });
});
