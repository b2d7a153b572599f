import { createHash } from 'node:crypto';
import { canonicalPayload } from '../../lib/hmac/payload/canonical-payload.js';
import { endOf } from '../support/error-code.js';
import { startHmac } from '../support/hmac.js';
import { readVectors } from '../support/vectors.js';

interface JcsVectors {
  readonly files: { name: string; input: string; output: string; outputSha256: string }[];
  readonly numbers: { ieee754BE: string; json: string }[];
}

interface PythonVectors {
  readonly secretUtf8: string;
  readonly sign_payload: { payloadJson: string; canonicalPython: string; signature: string }[];
}

describe('RFC 8785', () => {
  const { files, numbers } = readVectors<JcsVectors>('hmac/jcs-rfc8785.json');

  it.each(files)('canonicalises $name', ({ input, output, outputSha256 }) => {
    const text = canonicalPayload(JSON.parse(input), 'jcs');
    expect(text).toBe(output);
    expect(createHash('sha256').update(text).digest('hex')).toBe(outputSha256);
  });

  it.each(numbers)('spells $json', ({ ieee754BE, json }) => {
    expect(canonicalPayload(Buffer.from(ieee754BE, 'hex').readDoubleBE(0), 'jcs')).toBe(json);
  });
});

describe('json.dumps(sort_keys=True) of Python', () => {
  const { secretUtf8, sign_payload } = readVectors<PythonVectors>('hmac/seed-python.json');
  // What the guide signed with floats that are whole, or beyond 2^53, cannot be told in JavaScript.
  const isUnclear = ({ canonicalPython }: { canonicalPython: string }): boolean =>
    /\d\.0\b|e[+-]\d|\d{17}/.test(canonicalPython);
  const clear = sign_payload.filter((row) => !isUnclear(row));
  const unclear = sign_payload.filter(isUnclear);

  it('has samples of both kinds', () => {
    expect([clear.length, unclear.length]).toEqual([8, 2]);
  });

  it.each(clear)('is met byte for byte by $payloadJson', async (row) => {
    const { hmac } = await startHmac();
    const payload: unknown = JSON.parse(row.canonicalPython);
    expect(canonicalPayload(payload, 'python-json')).toBe(row.canonicalPython);
    const options = { key: secretUtf8, canonicalization: 'python-json' } as const;
    expect(hmac.signPayload(payload, options)).toBe(row.signature);
    expect(hmac.verifyPayload(payload, row.signature, options)).toBe(true);
  });

  it.each(unclear)('is refused rather than missed for $payloadJson', ({ payloadJson }) => {
    expect(endOf(() => canonicalPayload(JSON.parse(payloadJson), 'python-json'))).toBe(
      'MAC_PAYLOAD_UNFIT',
    );
  });
});
