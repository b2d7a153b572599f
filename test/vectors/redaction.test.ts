import { readFileSync } from 'node:fs';
import { redact } from '../../lib/audit/record/redact.js';

interface RedactionCase {
  id: string;
  in: unknown;
  must_not_contain?: string[];
  must_contain?: string[];
}

const lines = readFileSync('test/vectors/audit/redaction-corpus.jsonl', 'utf8').trim().split('\n');

describe('the redaction corpus', () => {
  it.each(lines.map((line) => JSON.parse(line) as RedactionCase))('$id', (each) => {
    const text = JSON.stringify(redact(each.in, () => 'p1.k.pseudonym'));
    for (const secret of each.must_not_contain ?? []) expect(text).not.toContain(secret);
    for (const kept of each.must_contain ?? []) expect(text).toContain(kept);
  });
});
