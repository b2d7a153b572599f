import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { sourceFacts } from '../architecture/source-facts.js';

interface Manifest {
  readonly type: string;
  readonly main: string;
  readonly types: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { types: string; default: string }>>;
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { optional: boolean }>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const subpaths = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
  typeof target === 'string' ? [] : [{ subpath, ...target }],
);

describe('package.json', () => {
  it('offers the package, its adapter for Redis, its testing tools and itself', () => {
    expect(manifest.type).toBe('module');
    expect(Object.keys(manifest.exports)).toEqual([
      '.',
      './class-validator',
      './postgres',
      './redis',
      './testing',
      './package.json',
    ]);
  });

  it.each(subpaths)('exports $subpath to import and require() alike, with types', (subpath) => {
    expect(Object.keys(subpath)).toEqual(['subpath', 'types', 'default']);
    expect(existsSync(subpath.types)).toBe(true);
    expect(existsSync(subpath.default)).toBe(true);
  });

  it('says the same to resolvers that know no exports', () => {
    const [main, ...others] = subpaths;
    expect(manifest).toMatchObject({ main: main?.default, types: main?.types });
    expect(manifest.typesVersions['*']).toEqual(
      Object.fromEntries(others.map(({ subpath, types }) => [subpath.slice('./'.length), [types]])),
    );
  });

  it('offers the command "nestjs-security", which a shell can start', () => {
    expect(Object.keys(manifest.bin)).toEqual(['nestjs-security']);
    const program = readFileSync(manifest.bin['nestjs-security'] ?? '', 'utf8');
    expect(program.startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  it('leaves Nest to the application: 11 or 12, and one copy of it', () => {
    expect(manifest.peerDependencies).toEqual({
      '@nestjs/common': '^11 || ^12',
      '@nestjs/config': '^4 || ^12',
      '@nestjs/core': '^11 || ^12',
      '@node-rs/argon2': '^2.0.0',
      '@node-rs/bcrypt': '^1.10.0 || ^2.0.0',
      '@zxcvbn-ts/core': '^4.0.0',
      bcryptjs: '^3.0.0',
      'class-validator': '^0.14.0 || ^0.15.0',
      'reflect-metadata': '^0.2.0',
      rxjs: '^7.1.0',
      uqr: '^0.1.3',
    });
    expect(Object.keys(manifest.devDependencies)).toEqual(
      expect.arrayContaining(Object.keys(manifest.peerDependencies)),
    );
  });

  it('asks for nothing else than Nest: other schemes, estimators, decorators and QR codes are optional', () => {
    const optional = [
      '@node-rs/argon2',
      '@node-rs/bcrypt',
      '@zxcvbn-ts/core',
      'bcryptjs',
      'class-validator',
      'uqr',
    ];
    expect(manifest.peerDependenciesMeta).toEqual(
      Object.fromEntries(optional.map((name) => [name, { optional: true }])),
    );
  });

  it('asks for a Node that can require() an ES module, or CommonJS applications could not load it', () => {
    expect(manifest.engines).toEqual({ node: '^20.19 || ^22.12 || >=24' });
  });

  it('names every dependency that the code uses, and no other', () => {
    // It is loaded by the application.
    const unseen = ['reflect-metadata'];
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    expect([...packagesUsedInLib()].toSorted()).toEqual(
      declared.filter((name) => !unseen.includes(name)).toSorted(),
    );
  });
});

describe('The published code', () => {
  it('points at no source map', () => {
    expect(filesWith('dist', /sourceMappingURL/)).toEqual([]);
  });

  it('declares nothing that is marked internal', () => {
    expect(filesWith('dist', /@internal/, '.d.ts')).toEqual([]);
    expect(filesWith('lib', /@internal/)).not.toEqual([]);
  });
});

function packagesUsedInLib(): Set<string> {
  const imports = filesIn('lib').flatMap((file) => sourceFacts(file).imports);
  const outside = imports.filter((name) => !name.startsWith('.') && !isBuiltin(name));
  return new Set(outside.map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')));
}

function filesWith(folder: string, text: RegExp, ending = ''): string[] {
  return filesIn(folder).filter(
    (file) => file.endsWith(ending) && text.test(readFileSync(file, 'utf8')),
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
