import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableRows } from '../support/markdown-table.js';

const CODES_FILE = join('lib', 'errors', 'error-codes.ts');

const codes = codesOf(readFileSync(CODES_FILE, 'utf8'));
const rows = tableRows(readFileSync('docs/errors.md', 'utf8'), [
  'Code',
  'Class',
  'Status',
  'When',
  'What to do',
]);
const sources = readdirSync('lib', { recursive: true, encoding: 'utf8' })
  .map((name) => join('lib', name))
  .filter((path) => path.endsWith('.ts') && path !== CODES_FILE)
  .map((path) => readFileSync(path, 'utf8'));

describe('docs/errors.md', () => {
  it('lists exactly the codes that exist, in their order', () => {
    expect(codes.length).toBeGreaterThan(0);
    expect(rows.map(({ Code }) => Code)).toEqual(codes.map((code) => `\`${code}\``));
  });

  it('fills every cell', () => {
    expect(rows.filter((row) => Object.values(row).includes(''))).toEqual([]);
  });

  it('names for each code a class that is thrown with it', () => {
    const wrong = rows.filter(({ Code, Class }) => !isThrown(unquoted(Code), unquoted(Class)));
    expect(wrong.map(({ Code, Class }) => `${Code} ${Class}`)).toEqual([]);
  });

  it('gives each code the statuses that it is thrown with', () => {
    const documented = rows.map(({ Code, Status }) => [
      Code,
      Array.from(Status.matchAll(/\b[45]\d\d\b/g), ([status]) => status),
    ]);
    expect(documented).toEqual(rows.map(({ Code }) => [Code, statusesOf(unquoted(Code))]));
  });
});

describe('SecurityErrorCode', () => {
  it('has no code that nothing uses', () => {
    expect(codes.filter((code) => !sources.some((text) => text.includes(`'${code}'`)))).toEqual([]);
  });

  it('is sorted', () => {
    expect(codes).toEqual(codes.toSorted());
  });
});

function codesOf(source: string): string[] {
  const [, union = ''] = source.split('export type SecurityErrorCode =');
  return Array.from(union.matchAll(/'([A-Z0-9_]+)'/g), ([, code = '']) => code);
}

function isThrown(code: string, errorClass: string): boolean {
  const construction = new RegExp(`new ${errorClass}\\(\\s*'${code}'`);
  return sources.some((text) => construction.test(text));
}

/** The status of an error stands at the end of its construction; without one it is 500. */
function statusesOf(code: string): string[] {
  const construction = new RegExp(`new \\w+Error\\(\\s*'${code}'([\\s\\S]*?\\)(?:;|$))`, 'gm');
  const found = sources.flatMap((text) =>
    Array.from(text.matchAll(construction), ([, rest = '']) => statusIn(rest)),
  );
  return [...new Set(found)].toSorted();
}

function statusIn(construction: string): string {
  return /status: (\d+)/.exec(construction)?.[1] ?? '500';
}

function unquoted(cell: string): string {
  return cell.replaceAll('`', '');
}
