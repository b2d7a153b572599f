import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pack } from './packed.js';
import { run, type Output } from './run.js';

/** The applications: folders with a lock file of their own, which share most of their source. */
const APPLICATIONS = {
  'nest 11, CommonJS': 'test/nest11',
  'nest 12, ESM': 'test/package/consumers/nest12',
} as const;
const SHARED_SOURCE = 'test/package/consumers/src';

export type ApplicationName = keyof typeof APPLICATIONS;

/** An application in a folder far from this repository, with the packed package installed. */
export class InstalledApp {
  private constructor(readonly folder: string) {}

  static async install(name: ApplicationName): Promise<InstalledApp> {
    const app = new InstalledApp(await mkdtemp(join(tmpdir(), 'nestjs-security-package-')));
    try {
      await app.#fill(APPLICATIONS[name]);
      return app;
    } catch (error) {
      await app.remove();
      throw error;
    }
  }

  /** Compiles it with its own TypeScript, which also checks the declarations that it imports. */
  async compile(): Promise<void> {
    await this.node('node_modules/typescript/bin/tsc', ['--project', '.']);
  }

  /** Runs a script of the folder with this Node. */
  node(
    script: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Output> {
    return run(process.execPath, [script, ...args], { cwd: this.folder, env });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #fill(source: string): Promise<void> {
    await cp(source, this.folder, {
      recursive: true,
      filter: (path) => !/node_modules|out$/.test(path),
    });
    await cp(SHARED_SOURCE, join(this.folder, 'src'), { recursive: true });
    const { tarball } = await pack(this.folder);
    const flags = ['--no-save', '--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...flags, resolve(tarball)], { cwd: this.folder });
  }
}
