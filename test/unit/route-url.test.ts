import fc from 'fast-check';
import { routeUrl } from '../../lib/hmac/url/route-url.js';
import { endOf } from '../support/error-code.js';

describe('routeUrl', () => {
  it('fills parameters wherever they stand', () => {
    const params = { from: 'a', to: 'b-c', id: 7 };
    expect(routeUrl('/x/:from-:to/y.:id', 'x', { params })).toBe('/x/a-b-c/y.7');
  });

  it.each([
    '/a/*',
    '/a/*rest',
    '/a{/:b}',
    '/a/:b?',
    '/a/:b+',
    '/a/:b(\\d+)',
    '/a/[b]',
    '/a/:',
    '/a::b',
    '/a/!b',
  ])('refuses the pattern %s', (template) => {
    expect(endOf(() => routeUrl(template, 'x', { params: { b: '1', rest: '1' } }))).toBe(
      'TypeError',
    );
  });

  it('takes no value from a prototype', () => {
    expect(endOf(() => routeUrl('/:constructor', 'x', {}))).toBe('TypeError');
    expect(endOf(() => routeUrl('/:__proto__', 'x', { params: {} }))).toBe('TypeError');
  });

  it('gives what decodes to the values again', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((each) => each !== '.' && each !== '..');
    fc.assert(
      fc.property(text, fc.array(fc.tuple(text, text)), (value, pairs) => {
        const query = Object.fromEntries(pairs.map(([name, each]) => [`q${name}`, each]));
        const url = new URL(routeUrl('/a/:b/c', 'x', { params: { b: value }, query }), 'http://x');
        expect(decodeURIComponent(url.pathname.slice('/a/'.length, -'/c'.length))).toBe(value);
        expect(Object.fromEntries(url.searchParams)).toEqual(query);
      }),
    );
  });
});
