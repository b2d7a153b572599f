import { readFileSync } from 'node:fs';
import { startHmac, NOW } from '../support/hmac.js';
import { testKey, testSecret } from '../support/keys.js';
import { notRun } from '../support/not-run.js';
import { pythonWith, runPython } from '../support/python.js';

const ORIGIN = 'https://app.example.com';

const rows = [
  { path: '/', query: '', purpose: 'a', method: 'GET', origin: '' },
  { path: '/files/a%2Fb', query: 'x=1&x=2&y=%20+', purpose: 'größe', method: 'GET', origin: '' },
  { path: '/reset', query: 'a', purpose: 'a b', method: 'POST', origin: ORIGIN },
];

describe('The Python lines of docs/signed-urls.md', () => {
  const python = pythonWith('hmac');
  if (!python) notRun('the Python lines of docs/signed-urls.md');

  it('sign the very URLs that we sign, and we accept them', async () => {
    if (!python) return;
    const { hmac } = await startHmac({ keys: [testKey('a')], publicOrigin: ORIGIN });
    const theirs = runPython<string[]>(
      python,
      `import json, sys, base64
given = json.load(sys.stdin)
${pythonOf('docs/keys.md')}
${pythonOf('docs/signed-urls.md')}
secret = base64.urlsafe_b64decode(given["secret"] + "=")
print(json.dumps([sign_url(secret, "a", expires=given["expires"], **row) for row in given["rows"]]))`,
      { secret: testSecret('a'), expires: NOW + 60, rows },
    );
    const ours = rows.map(({ path, query, purpose, method, origin }) =>
      hmac.signUrl(query === '' ? path : `${path}?${query}`, {
        purpose,
        method,
        ttlSeconds: 60,
        absolute: origin !== '',
      }),
    );
    expect(theirs).toEqual(ours);
    theirs.forEach((url, at) => {
      const { purpose = '', method, origin = '' } = rows[at] ?? {};
      const asked = { purpose, method, absolute: origin !== '', url: url.slice(origin.length) };
      expect(hmac.verifyUrl(asked).ok).toBe(true);
    });
  });
});

function pythonOf(page: string): string {
  return /```python\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? '';
}
