import fc from 'fast-check';
import { requestIdOf, traceIdOf } from '../../lib/context/request-id.js';

const PARENT = '00f067aa0ba902b7';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const requestIdWith = (id?: string): string =>
  requestIdOf({ headers: id === undefined ? {} : { 'x-request-id': id } });
const traceIdWith = (traceparent?: string): string | undefined =>
  traceIdOf({ headers: traceparent === undefined ? {} : { traceparent } });

describe('The id of a request', () => {
  it('is the one that was sent, when it is 1 to 64 of A-Z a-z 0-9 . _ -', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/), (id) => requestIdWith(id) === id),
    );
  });

  it('is a random UUID for anything else', () => {
    const unfit = ['', 'a b', 'a, b', 'a\n', 'ä', 'a'.repeat(65), '"a"'];
    expect(unfit.filter((id) => !UUID.test(requestIdWith(id)))).toEqual([]);
    fc.assert(fc.property(fc.string(), (id) => /^[A-Za-z0-9._-]{1,64}$/.test(requestIdWith(id))));
    expect(requestIdWith()).not.toBe(requestIdWith());
  });

  it('stays the same for one request', () => {
    const request = { headers: {} };
    expect(requestIdOf(request)).toBe(requestIdOf(request));
  });
});

describe('The trace id of a request', () => {
  it('is that of a valid traceparent, of this version or a later one', () => {
    const valid = [
      `00-${TRACE}-${PARENT}-01`,
      `00-${TRACE}-${PARENT}-00`,
      `01-${TRACE}-${PARENT}-01`,
      `cc-${TRACE}-${PARENT}-01-what-the-future-brings`,
    ];
    expect(valid.map((header) => traceIdWith(header))).toEqual(valid.map(() => TRACE));
  });

  it.each([
    undefined,
    '',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-1`,
    `00-${TRACE}-${PARENT}-01-x`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    `01-${TRACE}-${PARENT}-01x`,
    `01-${TRACE}-${PARENT}-01-${'x'.repeat(512)}`,
    ` 00-${TRACE}-${PARENT}-01`,
  ])('is none for %p', (header) => {
    expect(traceIdWith(header)).toBeUndefined();
  });

  it('is none or 32 hexadecimal digits that were sent, whatever is sent', () => {
    const nearly = fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{31,33}-[0-9a-f]{15,17}-[0-9a-f]{1,3}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (header) => {
        const id = traceIdWith(header);
        return id === undefined || (/^[0-9a-f]{32}$/.test(id) && header.includes(id));
      }),
    );
  });
});
