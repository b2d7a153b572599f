import { readFileSync } from 'node:fs';

interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe.each([
  'package-lock.json',
  'test/nest11/package-lock.json',
  'test/package/consumers/nest12/package-lock.json',
])('%s', (file) => {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as LockFile;

  it('names no registry', () => {
    const resolved = Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined);
    expect(resolved).toEqual([]);
  });

  it('holds the native packages of every platform, or npm ci refuses it', () => {
    const held = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    const asked = Object.values(packages).flatMap((one) =>
      Object.keys(one.optionalDependencies ?? {}),
    );
    expect(asked.filter((name) => !held.has(name))).toEqual([]);
  });
});
