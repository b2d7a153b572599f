import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditAnchorContract } from 'nestjs-security/testing';
import { DirectoryAuditAnchor } from '../../lib/audit/anchor/directory.audit-anchor.js';
import { WitnessAuditAnchor } from '../../lib/audit/anchor/witness.audit-anchor.js';
import { WitnessDouble } from '../support/witness.double.js';

describe('DirectoryAuditAnchor is', () => {
  auditAnchorContract(
    { describe, it },
    () => new DirectoryAuditAnchor(join(mkdtempSync(join(tmpdir(), 'anchor-')), 'kept')),
  );
});

describe('WitnessAuditAnchor is', () => {
  const witnesses: WitnessDouble[] = [];
  afterAll(() => Promise.all(witnesses.map((witness) => witness.stop())));

  auditAnchorContract({ describe, it }, async (logs) => {
    const witness = new WitnessDouble();
    witnesses.push(witness);
    await witness.start();
    for (const { identity } of logs) witness.add(identity);
    return new WitnessAuditAnchor({ url: witness.url, key: witness.vkey });
  });
});
