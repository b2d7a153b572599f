import fc from 'fast-check';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { exportLog } from '../../lib/audit/log/read/export-log.js';
import { proveRecord } from '../../lib/audit/log/read/prove-record.js';
import { parseTrust } from '../../lib/audit/log/verify/trust.js';
import { verifyExport } from '../../lib/audit/log/verify/verify-export.js';
import type { VerifyOptions } from '../../lib/audit/log/verify/verify-options.js';
import { verifyProof } from '../../lib/audit/log/verify/verify-proof.js';
import type { VerifyReport } from '../../lib/audit/log/verify/verify-report.js';
import type { TestLog } from '../support/audit-log-builder.js';
import { newKey } from '../support/audit-log-format.js';
import type { StreamPlan, TestStream } from '../support/audit-log-stream.js';
import { problemsOf, withStream } from '../support/audit-verification.js';

function epochsOf(stream: TestStream, { directory }: TestLog): Buffer {
  return readFileSync(join(directory, stream.name, 'epochs.notes'));
}

describe('The proof of a record', () => {
  it('holds for every record of every log, with tiles and without', async () => {
    const plans: StreamPlan[] = [
      { records: 1, statements: [], segments: [0], anchored: [] },
      { records: 300, statements: [0, 100], segments: [0, 150], anchored: [], tiles: 'all' },
      { records: 300, statements: [100, 300], segments: [0, 150], anchored: [] },
      { records: 600, statements: [5], segments: [0, 256], anchored: [], prunedTo: 256 },
    ];
    for (const plan of plans) {
      await withStream(plan, async (stream, log) => {
        const trust = parseTrust(log.trust);
        const epochs = epochsOf(stream, log);
        const { records = 0, prunedTo = 0 } = plan;
        const check = fc.asyncProperty(
          fc.integer({ min: prunedTo, max: records - 1 }),
          async (seq) => {
            const { line, proof } = await proveRecord(log.directory, `${stream.name}:${seq}`);
            expect(line).toBe(stream.lines[seq]);
            expect(verifyProof({ line, proof, trust, epochs })).toMatchObject({
              isProven: true,
              id: `${stream.name}:${seq}`,
              checkpoint: { size: records, epoch: plan.statements?.length },
            });
          },
        );
        await fc.assert(check, { numRuns: 15 });
      });
    }
  });

  it('leads to the newest checkpoint that a witness has cosigned, where that covers the record', async () => {
    await withStream({ cosigned: [20, 50] }, async (stream, log) => {
      const proven = async (seq: number) => {
        const found = await proveRecord(log.directory, `${stream.name}:${seq}`);
        return verifyProof({
          ...found,
          trust: parseTrust(log.trust),
          epochs: epochsOf(stream, log),
        });
      };
      expect(await proven(49)).toMatchObject({
        checkpoint: { size: 50 },
        witnessedAt: Math.floor(stream.timeAt(50) / 1000),
      });
      expect(await proven(50)).toMatchObject({ checkpoint: { size: 100 } });
      expect(await proven(50)).not.toHaveProperty('witnessedAt');
    });
  });

  it('is made from the records where the tiles are wrong', async () => {
    await withStream({ tiles: 'all' }, async (stream, log) => {
      stream.changeLeaf(3);
      log.write();
      stream.relink(0);
      const { line, proof } = await proveRecord(log.directory, `${stream.name}:7`);
      const trust = parseTrust(log.trust);
      expect(verifyProof({ line, proof, trust, epochs: epochsOf(stream, log) }).isProven).toBe(
        true,
      );
    });
  });

  it('is not made of a record that was changed', async () => {
    await withStream({}, async (stream, log) => {
      stream.lines[7] = String(stream.lines[7]).replace('success', 'failure');
      log.write();
      for (const seq of [7, 8]) {
        await expect(proveRecord(log.directory, `${stream.name}:${seq}`)).rejects.toMatchObject({
          code: 'AUDIT_LOG_DAMAGED',
        });
      }
    });
  });

  it.each([
    '0-stream00:100',
    '0-stream00:-1',
    '0-stream00:07',
    '0-stream00',
    '1-stream00:0',
    '../x:0',
    '',
  ])('is refused for %j, which no record has', async (id) => {
    await withStream({}, async (_, { directory }) => {
      const refusal = { code: 'AUDIT_RECORD_UNKNOWN', status: 404 };
      await expect(proveRecord(directory, id)).rejects.toMatchObject(refusal);
    });
  });

  it('is not there yet for a record that no checkpoint covers', async () => {
    await withStream({ signed: 90, anchored: [] }, async (_, { directory }) => {
      await expect(proveRecord(directory, '0-stream00:90')).rejects.toMatchObject({
        code: 'AUDIT_RECORD_UNSIGNED',
        retryAfterSeconds: 10,
      });
    });
  });
});

describe('verifyProof', () => {
  async function onProof(
    work: (given: Parameters<typeof verifyProof>[0], stream: TestStream, log: TestLog) => void,
  ) {
    await withStream({}, async (stream, log) => {
      const found = await proveRecord(log.directory, '0-stream00:45');
      const given = { ...found, trust: parseTrust(log.trust), epochs: epochsOf(stream, log) };
      expect(verifyProof(given).isProven).toBe(true);
      work(given, stream, log);
    });
  }

  it('refuses another record, or one that was changed', async () => {
    await onProof((given, stream) => {
      const line = String(given.line);
      const refused = (other: string) => verifyProof({ ...given, line: other });
      expect(refused(line.replace('success', 'failure'))).toEqual({
        isProven: false,
        reason: 'not-included',
      });
      expect(refused(String(stream.lines[46]))).toEqual({ isProven: false, reason: 'malformed' });
      expect(refused(`${line}\n`)).toEqual({ isProven: false, reason: 'malformed' });
      expect(refused('')).toEqual({ isProven: false, reason: 'malformed' });
    });
  });

  it('refuses what is signed by no key that follows from the trusted one', async () => {
    await onProof((given, stream, log) => {
      const { epochs, ...without } = given;
      expect(epochs).toBeDefined();
      expect(verifyProof(without)).toEqual({ isProven: false, reason: 'epoch-unknown' });
      const forged = stream.statementNote(60, 1, stream.signers(1, stream.currentKey));
      const others = `${stream.statements[0]}\n${forged}\n`;
      expect(verifyProof({ ...given, epochs: others })).toEqual({
        isProven: false,
        reason: 'epoch-unknown',
      });
      const trust = { ...given.trust, streams: [] };
      expect(verifyProof({ ...given, trust })).toEqual({
        isProven: false,
        reason: 'stream-untrusted',
      });
      const alone = stream.note(100, 2, undefined, stream.signers(2, newKey()));
      const proof = given.proof.slice(0, given.proof.indexOf('\n\n') + 2) + alone;
      expect(verifyProof({ ...given, proof })).toEqual({ isProven: false, reason: 'not-signed' });
      expect(log.streams).toHaveLength(1);
    });
  });

  it('refuses what the key of an epoch has signed beyond its end', async () => {
    await onProof((given, stream) => {
      const head = given.proof.slice(0, given.proof.indexOf('\n\n') + 2);
      const signedBy = (note: string) => verifyProof({ ...given, proof: head + note });
      const mismatch = { isProven: false, reason: 'epoch-mismatch' };
      expect(signedBy(stream.note(100, 2)).isProven).toBe(true);
      expect(signedBy(stream.note(100, 0))).toEqual(mismatch);
      expect(signedBy(stream.note(100, 1))).toEqual(mismatch);
      // An end of the current epoch that nobody else knows of.
      stream.epochs.push(newKey());
      expect(signedBy(stream.statementNote(100, 2))).toEqual(mismatch);
    });
  });

  it('never throws, whatever it is given', async () => {
    await onProof((given) => {
      fc.assert(
        fc.property(fc.string(), fc.string(), fc.string(), (line, proof, epochs) => {
          expect(verifyProof({ ...given, line }).isProven).toBe(false);
          expect(verifyProof({ ...given, proof }).isProven).toBe(false);
          expect(verifyProof({ ...given, epochs }).isProven).toBe(false);
        }),
      );
    });
  });
});

describe('An export', () => {
  const FILTER = { event: 'authn_login_fail' };

  function fields(seq: number) {
    return seq % 10 === 0 ? { event: 'authn_login_fail' } : {};
  }

  async function onExport(
    plan: StreamPlan,
    work: (
      folder: string,
      verify: (options?: VerifyOptions) => Promise<VerifyReport>,
      stream: TestStream,
      log: TestLog,
    ) => Promise<void>,
  ) {
    await withStream({ fields, ...plan }, async (stream, log) => {
      const folder = join(log.directory, '..', 'evidence');
      await exportLog(log.directory, FILTER, () => [], folder);
      const trust = parseTrust(log.trust);
      await work(
        folder,
        (options) => verifyExport(folder, { trust, anchors: [log.anchor], ...options }),
        stream,
        log,
      );
    });
  }

  it('holds the records verbatim, each with its proof, and what the proofs lead to', async () => {
    await onExport({}, async (folder, verify, stream) => {
      const at = join(folder, stream.name);
      const expected = stream.lines.filter((_, seq) => seq % 10 === 0).map((line) => `${line}\n`);
      expect(readFileSync(join(at, 'records.jsonl'), 'utf8')).toBe(expected.join(''));
      expect(readdirSync(join(at, 'proofs'))).toHaveLength(10);
      const report = await verify();
      expect(report.streams[0]).toMatchObject({
        status: 'clean',
        records: 10,
        signed: 10,
        anchored: 10,
      });
    });
  });

  it('is proven years later by what is kept elsewhere', async () => {
    await onExport({}, async (_, verify, __, log) => {
      const asOf = new Date(log.end.getTime() + 1e12);
      expect((await verify({ asOf })).status).toBe('clean');
      expect((await verify({ anchors: [] })).streams.flatMap(problemsOf)).toEqual([
        'anchor-missing',
      ]);
    });
  });

  it('is proven while the log goes on, and its anchors with it', async () => {
    await onExport({}, async (_, verify, stream, log) => {
      stream.epochs.push(newKey());
      stream.anchored.push(stream.statementNote(100, 2), stream.note(100, 3));
      log.write();
      expect(await verify()).toMatchObject({ status: 'clean', streams: [{ anchored: 10 }] });
    });
  });

  it('is proven by what its anchor has, though the log has gone on since, as far as that goes', async () => {
    await withStream({ fields, anchored: [20, 75] }, async (stream, log) => {
      const verifies = async (...anchors: string[]): Promise<VerifyReport> => {
        const folder = join(log.directory, '..', `evidence-${anchors.length}`);
        await exportLog(log.directory, FILTER, () => [], folder, { anchors });
        return verifyExport(folder, { trust: parseTrust(log.trust), anchors: [log.anchor] });
      };
      expect((await verifies()).streams[0]).toMatchObject({ records: 10, anchored: 0 });
      expect((await verifies(log.anchor)).streams[0]).toMatchObject({ records: 10, anchored: 8 });
      const { proof } = await proveRecord(log.directory, `${stream.name}:70`, [log.anchor]);
      expect(proof).toContain(`nestjs-security/audit/${stream.name}\n75\n`);
      const { proof: later } = await proveRecord(log.directory, `${stream.name}:75`, [log.anchor]);
      expect(later).toContain(`nestjs-security/audit/${stream.name}\n100\n`);
    });
  });

  it('asks for an anchor that can be read', async () => {
    await withStream({ fields }, async (stream, log) => {
      const nowhere = [join(log.directory, 'nowhere')];
      const refusal = { code: 'AUDIT_LOG_UNREADABLE' };
      const folder = join(log.directory, '..', 'evidence');
      await expect(
        exportLog(log.directory, FILTER, () => [], folder, { anchors: nowhere }),
      ).rejects.toMatchObject(refusal);
      await expect(proveRecord(log.directory, `${stream.name}:7`, nowhere)).rejects.toMatchObject(
        refusal,
      );
    });
  });

  it('is proven without an anchor where a witness has cosigned the checkpoint', async () => {
    await onExport({ cosigned: [100] }, async (_, verify) => {
      expect((await verify({ anchors: [] })).status).toBe('clean');
    });
  });

  it('says how many records no checkpoint covers yet', async () => {
    await withStream({ fields, signed: 85, anchored: [] }, async (stream, log) => {
      const folder = join(log.directory, '..', 'evidence');
      expect(await exportLog(log.directory, FILTER, () => [], folder)).toEqual({
        streams: [{ stream: stream.name, records: 9, unsigned: 1 }],
      });
    });
  });

  it('shows what was done to it', async () => {
    await onExport({}, async (folder, verify, stream) => {
      const path = join(folder, stream.name, 'records.jsonl');
      const genuine = readFileSync(path, 'utf8');
      const lines = genuine.split('\n').slice(0, -1);
      const text = (changed: readonly (string | undefined)[]) =>
        changed.map((line) => `${line}\n`).join('');
      for (const [content, problem] of [
        [genuine.replace('authn_login_fail', 'authn_login_okay'), 'proof-invalid 0'],
        [text([...lines, stream.lines[5]]), 'record-repeated 5'],
        [text([stream.lines[5], ...lines]), 'proof-invalid 5'],
        [text([lines[1], lines[0]]), 'record-repeated 0'],
        [genuine.replaceAll('stream00', 'stream01'), 'record-foreign 0'],
        [`${genuine}no record\n`, 'record-malformed 91'],
        [`${genuine}no record`, 'record-malformed 91'],
      ] as const) {
        writeFileSync(path, content);
        const [report] = (await verify()).streams;
        expect(report?.status).toBe('tampered');
        expect(report && problemsOf(report)).toContain(problem);
      }
      rmSync(path);
      expect((await verify()).streams.flatMap(problemsOf)).toContain('records-missing 0');
    });
  });

  it('is not proven by what the key of an epoch has signed beyond its end', async () => {
    await onExport({ anchored: [] }, async (folder, verify, stream) => {
      const proofs = join(folder, stream.name, 'proofs');
      for (const name of readdirSync(proofs)) {
        const proof = readFileSync(join(proofs, name), 'utf8');
        const head = proof.slice(0, proof.indexOf('\n\n') + 2);
        writeFileSync(join(proofs, name), head + stream.note(100, 1));
      }
      const [report] = (await verify()).streams;
      expect(report?.status).toBe('tampered');
      expect(report && problemsOf(report)).toContain('proof-invalid 0');
    });
  });

  it('shows that a record was taken out whose proof is still there', async () => {
    await onExport({}, async (folder, verify, stream) => {
      const path = join(folder, stream.name, 'records.jsonl');
      writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(2).join('\n'));
      const [report] = (await verify()).streams;
      expect(report).toMatchObject({ status: 'tampered', records: 8 });
      expect(report?.problems).toMatchObject([
        { kind: 'records-missing', seq: 0, file: `${stream.name}/proofs/0.tlog-proof` },
      ]);
      expect(report?.problems[0]?.message).toContain('2');
    });
  });

  it('cannot show that a record was taken out together with its proof', async () => {
    await onExport({}, async (folder, verify, stream) => {
      const path = join(folder, stream.name, 'records.jsonl');
      writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(2).join('\n'));
      for (const seq of [0, 10]) rmSync(join(folder, stream.name, `proofs/${seq}.tlog-proof`));
      expect((await verify()).streams[0]).toMatchObject({ status: 'clean', records: 8 });
    });
  });

  it('goes into a new folder only', async () => {
    await withStream({}, async (_, log) => {
      const folder = join(log.directory, '..', 'there');
      mkdirSync(folder);
      symlinkSync('nowhere', `${folder}.link`);
      for (const out of [folder, `${folder}.link`, log.anchor, join(folder, 'no', 'parent')]) {
        await expect(exportLog(log.directory, {}, () => [], out)).rejects.toMatchObject({
          code: 'AUDIT_EXPORT_FAILED',
        });
      }
      expect(readdirSync(folder)).toEqual([]);
      expect(readdirSync(join(folder, '..'))).not.toContainEqual(
        expect.stringContaining('unfinished'),
      );
    });
  });

  it('has no folder for a stream without any such record', async () => {
    await withStream({}, async (stream, log) => {
      const folder = join(log.directory, '..', 'evidence');
      expect(await exportLog(log.directory, FILTER, () => [], folder)).toEqual({ streams: [] });
      expect(existsSync(join(folder, stream.name))).toBe(false);
    });
  });
});
