import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFacts } from './source-facts.js';

const FIXTURES = 'test/architecture/fixtures/lib/source';

/** Files that may use `import.meta`: they have to be imported lazily, or CommonJS test runners break. */
const IMPORT_META_ALLOWED: readonly string[] = [
  'lib/audit/log/verify/launch-verify.ts',
  'lib/audit/log/writer/launch-writer.ts',
];

describe('Every file of lib', () => {
  it('can be loaded by require(): no top-level await, no import.meta outside the allow-list', () => {
    const faults = faultsIn('lib').filter(
      ([file, fault]) => !(fault === 'import.meta' && IMPORT_META_ALLOWED.includes(file)),
    );
    expect(faults.filter(([, fault]) => /await|import\.meta/.test(fault))).toEqual([]);
  });

  it('keeps no state of its own: no let, no var, no mutable static field', () => {
    expect(faultsIn('lib').filter(([, fault]) => /module-level|static/.test(fault))).toEqual([]);
  });
});

describe('The rules about a file', () => {
  it('find every fault that is made in a file, and no fault in a harmless one', () => {
    const found = faultsIn(FIXTURES).map(
      ([file, fault]) => `${file.slice(FIXTURES.length + 1)}: ${fault}`,
    );
    expect(found.toSorted()).toEqual([
      'exported-var-at-the-top.ts: module-level var',
      'import-meta.ts: import.meta',
      'let-at-the-top.ts: module-level let',
      'static-field.ts: mutable static field',
      'static-field.ts: mutable static field',
      'top-level-await.ts: top-level await',
      'top-level-for-await.ts: top-level await',
      'var-in-a-block.ts: module-level var',
    ]);
  });
});

function faultsIn(folder: string): (readonly [file: string, fault: string])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .flatMap((file) => sourceFacts(file).faults.map((fault) => [file, fault] as const));
}
