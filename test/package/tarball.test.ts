import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, type Packed } from './packed.js';
import { run } from './run.js';

const PUBLINT = 'node_modules/publint/src/cli.js';
const ATTW = 'node_modules/@arethetypeswrong/cli/dist/index.js';

describe('The tarball', () => {
  let folder: string;
  let packed: Packed;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestjs-security-tarball-'));
    packed = await pack(folder);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('passes publint without a remark', async () => {
    const { stdout } = await run(process.execPath, [PUBLINT, packed.tarball, '--strict']);
    expect(stdout).toContain('All good!');
  });

  it('passes attw: every resolver that can load it finds its types', async () => {
    const args = [ATTW, packed.tarball, '--profile', 'esm-only', '--format', 'json'];
    const { stdout } = await run(process.execPath, args);
    const { analysis } = JSON.parse(stdout) as { analysis: { entrypoints: object } };
    expect(Object.keys(analysis.entrypoints)).toEqual([
      '.',
      './class-validator',
      './postgres',
      './redis',
      './testing',
      './package.json',
    ]);
  });

  it.each(['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'package.json'])(
    'holds %s',
    (file) => {
      expect(packed.files).toContain(file);
    },
  );

  it('holds nothing but compiled code, its declarations and documents', () => {
    const known = /^(dist\/.+\.(js|d\.ts)|docs\/.+\.md|[A-Z]+\.md|LICENSE|package\.json)$/;
    expect(packed.files.filter((file) => !known.test(file))).toEqual([]);
  });

  it('holds a declaration for every compiled file, and none without', () => {
    const code = namesOf(packed.files, '.js');
    expect(namesOf(packed.files, '.d.ts')).toEqual(code);
    expect(code.length).toBeGreaterThan(50);
  });

  it('holds each thread in one file: a start does not wait for some fifty', async () => {
    const threads = packed.files.filter((file) => file.endsWith('.worker.js'));
    expect(threads).toHaveLength(2);
    for (const file of threads) {
      expect(await readFile(file, 'utf8')).not.toMatch(/\bfrom ["']\.|\bimport\(["']\./);
    }
  });
});

function namesOf(files: readonly string[], ending: string): string[] {
  const named = files.filter((file) => file.endsWith(ending));
  return named.map((file) => file.slice(0, -ending.length)).toSorted();
}
