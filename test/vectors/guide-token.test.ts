import { openGuideToken } from '../../lib/hmac/token/guide-token.js';
import { readVectors } from '../support/vectors.js';

interface GuideVectors {
  readonly secretUtf8: string;
  readonly signed_token: {
    readonly data: string;
    readonly ttl: number;
    readonly token: string;
    readonly verifyAt: { now: number; result: string | null }[];
  }[];
}

describe('tokens of the Python guide', () => {
  const { secretUtf8, signed_token } = readVectors<GuideVectors>('hmac/seed-python.json');
  const rows = signed_token.flatMap(({ verifyAt, ...row }) =>
    verifyAt.map((check) => ({ ...row, ...check })),
  );

  it.each(rows)('$token at $now gives $result', ({ token, now, result }) => {
    const verdict = openGuideToken([secretUtf8], token, now);
    expect(verdict.ok ? verdict.data : null).toBe(result);
  });
});
