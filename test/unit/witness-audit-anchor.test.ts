import { createServer } from 'node:net';
import { WitnessAuditAnchor } from '../../lib/audit/anchor/witness.audit-anchor.js';
import type { AnchoredCheckpoint } from '../../lib/audit/anchor/audit-anchor.js';
import { WitnessDouble, type WitnessReply } from '../support/witness.double.js';
import { WrittenStream, type NoteChanges } from '../support/written-stream.js';

let witness: WitnessDouble;
let stream: WrittenStream;
let anchor: WitnessAuditAnchor;

beforeEach(async () => {
  witness = new WitnessDouble();
  await witness.start();
  stream = new WrittenStream();
  stream.append(40);
  witness.add(stream.identity);
  anchor = new WitnessAuditAnchor({ url: witness.url, key: witness.vkey, timeoutMs: 10_000 });
});

afterEach(() => witness.stop());

function checkpoint(changes: NoteChanges = {}, from = stream): AnchoredCheckpoint {
  const { size = from.size } = changes;
  return {
    stream: from.name,
    size,
    note: from.note({ ...changes, size }),
    proofFrom: async (oldSize) => from.proof(oldSize, size),
  };
}

/** How a publication ends: the code of the error, or its text without the name of the anchor. */
async function endOf(submitted: AnchoredCheckpoint, by = anchor): Promise<unknown> {
  return by.publish(submitted).then(
    () => 'cosigned',
    (error: Error & { code?: string }) =>
      error.code === 'AUDIT_ANCHOR_FAILED'
        ? error.message.replace(`the audit anchor ${by.name} `, '')
        : error.code,
  );
}

describe('WitnessAuditAnchor', () => {
  it('asks with old 0 at first, without a proof, and gives back the note with the cosignature', async () => {
    const submitted = checkpoint({ size: 7 });
    const note = await anchor.publish(submitted);
    expect(note).toBe(`${submitted.note}${witness.cosign(submitted.note.split('\n\n')[0] + '\n')}`);
    expect(witness.posted).toEqual([`old 0\n\n${submitted.note}`]);
  });

  it('asks with the size that it knows and a proof from there', async () => {
    await anchor.publish(checkpoint({ size: 7 }));
    const submitted = checkpoint({ size: 23 });
    await anchor.publish(submitted);
    const proof = stream.proof(7, 23).map((hash) => `${hash.toString('base64')}\n`);
    expect(proof.length).toBeGreaterThan(2);
    expect(witness.posted[1]).toBe(`old 7\n${proof.join('')}\n${submitted.note}`);
    expect(witness.statuses).toEqual([200, 200]);
  });

  it('has as many records cosigned again, for a log that rests', async () => {
    await anchor.publish(checkpoint({ size: 7 }));
    witness.seconds += 60;
    await anchor.publish(checkpoint({ size: 7, time: '2026-11-27T02:31:00.000Z' }));
    expect(witness.statuses).toEqual([200, 200]);
  });

  it('asks again with the size that the witness holds, after a restart', async () => {
    await anchor.publish(checkpoint({ size: 7 }));
    anchor = new WitnessAuditAnchor({ url: witness.url, key: witness.vkey });
    expect(await endOf(checkpoint({ size: 23 }))).toBe('cosigned');
    expect(witness.statuses).toEqual([200, 409, 200]);
  });

  it('asks once more when another submission came between', async () => {
    await anchor.publish(checkpoint({ size: 7 }));
    const between = checkpoint({ size: 9 });
    witness.interrupted = () => {
      const proof = stream.proof(7, 9).map((hash) => `${hash.toString('base64')}\n`);
      witness.addCheckpoint(`old 7\n${proof.join('')}\n${between.note}`);
    };
    expect(await endOf(checkpoint({ size: 23 }))).toBe('cosigned');
    expect(witness.statuses).toEqual([200, 409, 200]);
  });

  it('gives up after three answers that its size is another one', async () => {
    let held = 1;
    witness.trouble = () => ({
      status: 409,
      body: `${(held += 1)}\n`,
      headers: { 'content-type': 'text/x.tlog.size' },
    });
    expect(await endOf(checkpoint())).toBe('answered 409');
    expect(witness.posted).toHaveLength(3);
  });

  it('keeps streams apart', async () => {
    const other = new WrittenStream('1-teststrm');
    other.append(3);
    witness.add(other.identity);
    await anchor.publish(checkpoint({ size: 7 }));
    await anchor.publish(checkpoint({}, other));
    await anchor.publish(checkpoint({ size: 8 }));
    expect(witness.statuses).toEqual([200, 200, 200]);
  });

  it('takes the newest checkpoint from where the witness serves it, once it is cosigned', async () => {
    expect(await anchor.latest(stream.name)).toBeUndefined();
    const note = await anchor.publish(checkpoint());
    expect(await anchor.latest(stream.name)).toBe(note);
    const elsewhere = { url: 'https://unused.example', monitoringUrl: `${witness.url}/` };
    const monitor = new WitnessAuditAnchor({ ...elsewhere, key: witness.vkey });
    expect(await monitor.latest(stream.name)).toBe(note);
  });

  it('does not submit what is no checkpoint of the stream', async () => {
    for (const note of ['', 'x\n\n— y z\n', new WrittenStream('1-teststrm').note()]) {
      await expect(anchor.publish({ ...checkpoint(), note })).rejects.toThrow(TypeError);
    }
    expect(witness.posted).toEqual([]);
  });
});

describe('A log that is not the one that the witness has seen', () => {
  const forged = () => {
    const other = new WrittenStream();
    other.append(40, 'another history');
    return other;
  };

  it('is told as a fork when it has fewer records, without a question that cannot be answered', async () => {
    await anchor.publish(checkpoint({ size: 23 }));
    expect(await endOf(checkpoint({ size: 22 }))).toBe('AUDIT_FORK');
    const restarted = new WitnessAuditAnchor({ url: witness.url, key: witness.vkey });
    expect(await endOf(checkpoint({ size: 22 }), restarted)).toBe('AUDIT_FORK');
    expect(witness.statuses).toEqual([200, 409]);
  });

  it.each([23, 24, 40])('is told as a fork when it has other records (%i)', async (size) => {
    await anchor.publish(checkpoint({ size: 23 }));
    const proof = forged();
    const changes = { size, root: Buffer.alloc(32, 1) };
    const submitted = { ...checkpoint(changes), proofFrom: async () => proof.proof(23, size) };
    expect(await endOf(submitted)).toBe('AUDIT_FORK');
    expect(witness.statuses).toEqual([200, 422]);
    expect(witness.sizeOf(stream.origin)).toBe(23);
  });
});

describe('A refusal of the witness', () => {
  it.each([
    [403, 'answered 403: it knows this log by another key: give its operator the identity.vkey'],
    [404, 'answered 404: it does not know this log: give its operator the identity.vkey'],
    [400, 'answered 400'],
    [500, 'answered 500'],
    [503, 'answered 503'],
  ])('is told with what to do (%i)', async (status, said) => {
    witness.trouble = () => ({ status, body: 'no\n' });
    expect(await endOf(checkpoint())).toMatch(new RegExp(`^${said}`));
  });

  it('comes for a log that it does not know, and for one that it knows by another key', async () => {
    const other = new WrittenStream('1-teststrm');
    expect(await endOf(checkpoint({}, other))).toMatch(/^answered 404/);
    witness.add(new WrittenStream('1-teststrm').identity);
    expect(await endOf(checkpoint({}, other))).toMatch(/^answered 403/);
  });
});

describe('An answer of the witness', () => {
  const noCosignature = 'answered with no cosignature that holds';
  const cosignedBy = (other: WitnessDouble) => (reply: WitnessReply) => ({
    ...reply,
    body: other.cosign(checkpointText()),
  });
  const checkpointText = () => `${checkpoint().note.split('\n\n')[0]}\n`;

  it('may hold signatures of other keys, which are left out', async () => {
    const other = new WitnessDouble();
    const foreign = () => other.cosign(checkpointText());
    witness.trouble = (reply) => ({ ...reply, body: `${foreign()}${reply.body}${foreign()}` });
    const note = await anchor.publish(checkpoint());
    expect(note).toBe(`${checkpoint().note}${witness.cosign(checkpointText())}`);
  });

  it('is refused when another key cosigned, under the same name', async () => {
    witness.trouble = cosignedBy(new WitnessDouble());
    expect(await endOf(checkpoint())).toBe(noCosignature);
  });

  it.each<[string, (line: string) => string]>([
    ['nothing', () => ''],
    ['no signature line', () => 'ok\n'],
    ['a line without its end', (line) => line.slice(0, -1)],
    ['something beside the line', (line) => `${line}ok\n`],
    ['a text above the line', (line) => `ok\n\n${line}`],
    ['an empty line above the line', (line) => `\n${line}`],
    ['a signature that was changed', (line) => line.replace(/.{6}==?\n$|.{6}\n$/, 'AAAAAA\n')],
    ['a good line and a bad one of the same key', (line) => `${line}${witness.cosign('other\n')}`],
    ['a cosignature of another text', () => witness.cosign('other\n')],
    ['a cosignature without a time', () => witness.cosign(checkpointText(), 0)],
    ['bytes that are no text', () => '\u0000\u0001'],
  ])('is refused when it is %s', async (_, change) => {
    witness.trouble = (reply) => ({ ...reply, body: change(reply.body) });
    expect(await endOf(checkpoint())).toBe(noCosignature);
  });

  it('is read up to 64 KiB', async () => {
    const filler = (count: number) => 'x'.repeat(count);
    witness.trouble = () => ({ status: 200, body: filler(64 * 1024 + 1) });
    expect(await endOf(checkpoint())).toBe('answered with more than 65536 bytes');
    witness.trouble = () => ({ status: 200, body: filler(64 * 1024) });
    expect(await endOf(checkpoint())).toBe(noCosignature);
  });

  it.each<[string, Partial<WitnessReply>]>([
    ['another media type', { headers: { 'content-type': 'text/plain' } }],
    ['no number', { body: 'many\n' }],
    ['no line end', { body: '3' }],
    ['leading zeros', { body: '03\n' }],
    ['a number beyond all sizes', { body: '9999999999999999\n' }],
  ])('about its size is refused when it has %s', async (_, part) => {
    const headers = { 'content-type': 'text/x.tlog.size' };
    witness.trouble = () => ({ status: 409, body: '3\n', headers, ...part });
    expect(await endOf(checkpoint())).toBe('answered 409 without the size it holds');
  });

  it('that is a redirect is not followed', async () => {
    const location = `${witness.url}/elsewhere`;
    witness.trouble = () => ({ status: 307, body: '', headers: { location } });
    expect(await endOf(checkpoint())).toBe('answered 307');
    expect(witness.statuses).toEqual([307]);
  });

  it('that does not come is waited for no longer than allowed', async () => {
    witness.trouble = () => 'hang';
    const hasty = new WitnessAuditAnchor({ url: witness.url, key: witness.vkey, timeoutMs: 50 });
    expect(await endOf(checkpoint(), hasty)).toBe('gave no answer within 50 ms');
    await expect(hasty.latest(stream.name)).rejects.toMatchObject({ code: 'AUDIT_ANCHOR_FAILED' });
  });

  it('that ends within its body is no answer, nor is a closed port', async () => {
    const port = await freePort('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n— witness');
    const cut = new WitnessAuditAnchor({
      url: `http://127.0.0.1:${port.number}`,
      key: witness.vkey,
    });
    expect(await endOf(checkpoint(), cut)).toBe('cannot be reached');
    await port.close();
    expect(await endOf(checkpoint(), cut)).toBe('cannot be reached');
  });

  it('about the newest checkpoint is refused when the witness has not cosigned it', async () => {
    const refused = { code: 'AUDIT_ANCHOR_FAILED' };
    await anchor.publish(checkpoint());
    const foreign = new WrittenStream('1-teststrm');
    const text = foreign.note();
    const bodies = [
      stream.note(),
      'ok\n',
      '',
      `${text}${witness.cosign(`${text.split('\n\n')[0]}\n`)}`,
    ];
    for (const body of bodies) {
      witness.trouble = (reply) => ({ ...reply, body });
      await expect(anchor.latest(stream.name)).rejects.toMatchObject(refused);
    }
    witness.trouble = () => ({ status: 500, body: '' });
    await expect(anchor.latest(stream.name)).rejects.toMatchObject(refused);
  });
});

describe('The options of a witness', () => {
  const key = () => witness.vkey;

  it.each([
    'http://witness.example/',
    'http://127.0.0.1.example/',
    'ftp://witness.example/',
    'https://user:pass@witness.example/',
    'https://witness.example/?a=b',
    'https://witness.example/#a',
    'witness.example',
    '',
  ])('refuse the URL %s', (url) => {
    expect(() => new WitnessAuditAnchor({ url, key: key() })).toThrow(/^url of a witness must be/);
    const monitored = { url: 'https://witness.example', monitoringUrl: url };
    expect(() => new WitnessAuditAnchor({ ...monitored, key: key() })).toThrow(/^monitoringUrl/);
  });

  it.each([
    'https://witness.example/a/',
    'http://localhost:1',
    'http://127.9.9.9/',
    'http://[::1]/',
  ])('take the URL %s', (url) => {
    expect(new WitnessAuditAnchor({ url, key: key() }).name).toBe('witness:witness.example/w1');
  });

  it('refuse a key that cosigns nothing', () => {
    for (const bad of ['', 'x', stream.identity, key().slice(0, -1)]) {
      const options = { url: 'https://witness.example', key: bad };
      expect(() => new WitnessAuditAnchor(options)).toThrow(/^key of a witness must be/);
    }
  });

  it('refuse a time that is none', () => {
    for (const timeoutMs of [0, -1, 1.5, Number.NaN, 60_001]) {
      const options = { url: 'https://witness.example', key: key(), timeoutMs };
      expect(() => new WitnessAuditAnchor(options)).toThrow(RangeError);
    }
  });
});

async function freePort(answer: string): Promise<{ number: number; close(): Promise<void> }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { number: address.port, close };
}
