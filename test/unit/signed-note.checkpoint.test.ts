import fc from 'fast-check';
import {
  checkpointText,
  parseCheckpoint,
  type Checkpoint,
} from '../../lib/audit/log/note/checkpoint.js';
import {
  epochKeyName,
  logCheckpointText,
  originOf,
  parseLogCheckpoint,
  type LogCheckpoint,
} from '../../lib/audit/log/note/log-checkpoint.js';

const STREAM = '0-0a1b2c3d';
const ROOT = Buffer.alloc(32, 0xab);
const KEY = Buffer.alloc(32, 0xcd);
const [root64, key64] = [ROOT.toString('base64'), KEY.toString('base64')];
const time = '2026-11-27T02:30:00.000Z';
const plain: LogCheckpoint = { stream: STREAM, size: 7, root: ROOT, epoch: 3, time };
const HEAD = `nestjs-security/audit/${STREAM}\n7\n${root64}\n`;
const PLAIN = `${HEAD}epoch 3\ntime ${time}\n`;

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const lines = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((line) => !/[\u0000-\u001f]/.test(line));

describe('A checkpoint', () => {
  it('is the same after it was written and read (property)', () => {
    const checkpoints: fc.Arbitrary<Checkpoint> = fc.record({
      origin: lines,
      size: fc.maxSafeNat(),
      root: hashes,
      extensions: fc.array(lines, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(checkpoints, (checkpoint) => {
        expect(parseCheckpoint(checkpointText(checkpoint))).toEqual(checkpoint);
      }),
    );
  });

  it('is read only as it would be written (property)', () => {
    const text = 'example.com/log\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\nx\n';
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 2 }), (at, change) => {
        const changed = text.slice(0, at) + change + text.slice(at + 1);
        const read = parseCheckpoint(changed);
        expect(read && checkpointText(read)).toBe(read && changed);
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws for any text, nor takes long (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseCheckpoint(text)).toBeUndefined();
        expect(parseLogCheckpoint(text)).toBeUndefined();
      }),
    );
    expect(parseCheckpoint('1\n'.repeat(5_000_000))).toBeUndefined();
    expect(parseLogCheckpoint(PLAIN + 'x\n'.repeat(5_000_000))).toBeUndefined();
  });

  it.each([
    ['no origin', { origin: '' }],
    ['an origin of two lines', { origin: 'a\nb' }],
    ['a negative size', { size: -1 }],
    ['a size that is no whole number', { size: 1.5 }],
    ['a size beyond the safe integers', { size: 2 ** 53 }],
    ['a root of 31 bytes', { root: Buffer.alloc(31) }],
    ['an empty extension', { extensions: [''] }],
    ['an extension of two lines', { extensions: ['a\nb'] }],
    ['a control character', { extensions: ['a\tb'] }],
  ])('is not written with %s', (_, change) => {
    const checkpoint = { origin: 'o', size: 1, root: ROOT, extensions: [] };
    expect(() => checkpointText({ ...checkpoint, ...change })).toThrow(TypeError);
  });
});

describe('A checkpoint of an audit stream', () => {
  it.each<[string, LogCheckpoint, string]>([
    ['among many', plain, PLAIN],
    ['that ends its epoch', { ...plain, next: KEY }, `${PLAIN}next ${key64}\n`],
    ['that ends a lost epoch', { ...plain, reseed: KEY }, `${PLAIN}reseed ${key64}\n`],
    ['of a clean shutdown', { ...plain, closed: true }, `${PLAIN}closed\n`],
  ])('%s is written line by line and read again', (_, checkpoint, text) => {
    expect(logCheckpointText(checkpoint)).toBe(text);
    expect(parseLogCheckpoint(text)).toEqual(checkpoint);
    expect(parseCheckpoint(text)?.origin).toBe(originOf(STREAM));
  });

  it('is the same after it was written and read (property)', () => {
    const purposes = fc.oneof(
      fc.constant({}),
      fc.constant({ closed: true as const }),
      hashes.map((next) => ({ next })),
      hashes.map((reseed) => ({ reseed })),
    );
    const [from, to] = [new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59.999Z')];
    const checkpoints = fc.record({
      stream: fc.stringMatching(/^(0|[1-9][0-9]{0,5})-[0-9a-z]{8}$/),
      size: fc.maxSafeNat(),
      root: hashes,
      epoch: fc.maxSafeNat(),
      time: fc.date({ min: from, max: to, noInvalidDate: true }).map((date) => date.toISOString()),
    });
    fc.assert(
      fc.property(checkpoints, purposes, (checkpoint, purpose) => {
        const whole: LogCheckpoint = { ...checkpoint, ...purpose };
        expect(parseLogCheckpoint(logCheckpointText(whole))).toEqual(whole);
      }),
    );
  });

  it('is read only as it would be written (property)', () => {
    const texts = fc.constantFrom(PLAIN, `${PLAIN}next ${key64}\n`, `${PLAIN}closed\n`);
    const changes = fc.oneof(
      fc.string({ maxLength: 2 }),
      fc.constantFrom('\n', ' ', '0', '\r', '\u0661', '=', '\n\n'),
    );
    fc.assert(
      fc.property(texts, fc.nat(200), fc.nat(1), changes, (text, at, gone, change) => {
        const changed = text.slice(0, at) + change + text.slice(at + gone);
        const read = parseLogCheckpoint(changed);
        expect(read && logCheckpointText(read)).toBe(read && changed);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['no epoch', `${HEAD}time ${time}\n`],
    ['no time', `${HEAD}epoch 3\n`],
    ['time before epoch', `${HEAD}time ${time}\nepoch 3\n`],
    ['an epoch with a leading zero', `${HEAD}epoch 03\ntime ${time}\n`],
    ['a negative epoch', `${HEAD}epoch -3\ntime ${time}\n`],
    ['an epoch beyond the safe integers', `${HEAD}epoch 9007199254740992\ntime ${time}\n`],
    ['two spaces', `${HEAD}epoch  3\ntime ${time}\n`],
    ['a time without milliseconds', `${HEAD}epoch 3\ntime 2026-11-27T02:30:00Z\n`],
    ['a time in another zone', `${HEAD}epoch 3\ntime 2026-11-27T02:30:00.000+01:00\n`],
    ['a day that is none', `${HEAD}epoch 3\ntime 2026-02-30T02:30:00.000Z\n`],
    ['an hour that is none', `${HEAD}epoch 3\ntime 2026-11-27T24:00:00.000Z\n`],
    ['a time in the year 0', `${HEAD}epoch 3\ntime 0000-12-31T23:59:59.999Z\n`],
    ['a time that is none', `${HEAD}epoch 3\ntime yesterday\n`],
    ['a year of six digits', `${HEAD}epoch 3\ntime +012026-11-27T02:30:00.000Z\n`],
    ['an unknown line', `${PLAIN}more\n`],
    ['a line behind its purpose', `${PLAIN}closed\nmore\n`],
    ['two purposes', `${PLAIN}next ${key64}\nclosed\n`],
    ['two next keys', `${PLAIN}next ${key64}\nnext ${key64}\n`],
    ['next and reseed', `${PLAIN}next ${key64}\nreseed ${key64}\n`],
    ['a next key of 31 bytes', `${PLAIN}next ${Buffer.alloc(31).toString('base64')}\n`],
    ['a next key in base64url', `${PLAIN}next ${Buffer.alloc(32, 0xff).toString('base64url')}\n`],
    ['a next key with spare bits', `${PLAIN}next ${key64.slice(0, -2)}1=\n`],
    ['no next key', `${PLAIN}next \n`],
    ['an empty last line', `${PLAIN}\n`],
    ['no last line end', PLAIN.slice(0, -1)],
    ['carriage returns', PLAIN.replaceAll('\n', '\r\n')],
    ['a size with a leading zero', PLAIN.replace('\n7\n', '\n07\n')],
    ['another origin', PLAIN.replace('nestjs-security', 'nestjs_security')],
    ['a stream with another kind of name', PLAIN.replace(STREAM, '00-0a1b2c3d')],
    ['a stream that leads out of its folder', PLAIN.replace(STREAM, '../a')],
    ['a stream with a line end', PLAIN.replace(STREAM, `${STREAM}\n`)],
  ])('is not read with %s', (_, text) => {
    expect(text).not.toBe(PLAIN);
    expect(parseLogCheckpoint(text)).toBeUndefined();
  });

  it.each([
    ['no stream', { stream: '' }],
    ['a stream of another name', { stream: '../0' }],
    ['a stream with a line end', { stream: `${STREAM}\n` }],
    ['a negative epoch', { epoch: -1 }],
    ['an epoch that is no whole number', { epoch: 0.5 }],
    ['no time', { time: '' }],
    ['a time in another spelling', { time: '2026-11-27 02:30:00.000' }],
    ['a time in the year 0', { time: '0000-12-31T23:59:59.999Z' }],
    ['a time and another line', { time: `${time}\nclosed` }],
    ['a next key of 33 bytes', { next: Buffer.alloc(33) }],
    ['an empty reseed key', { reseed: Buffer.alloc(0) }],
    ['two purposes', { next: KEY, closed: true as const }],
    ['a size that is no whole number', { size: 0.5 }],
    ['a root of 31 bytes', { root: Buffer.alloc(31) }],
  ])('is not written with %s', (_, change) => {
    expect(() => logCheckpointText({ ...plain, ...change })).toThrow(TypeError);
  });

  it('is signed under names that tell the stream and the epoch', () => {
    expect(originOf(STREAM)).toBe('nestjs-security/audit/0-0a1b2c3d');
    expect(epochKeyName(STREAM, 12)).toBe('nestjs-security/audit/0-0a1b2c3d/epoch/12');
  });
});
