import fs, { cpSync, existsSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/*
 * Starts a log, and keeps its directory as a kill would leave it before each change that is made to it:
 * `watched-start.js <directory> <folder for the copies>`.
 */
const [, , directory = '', copies = ''] = process.argv;
let count = 0;

function keep(): void {
  if (!existsSync(directory)) return;
  const target = join(copies, String(count++).padStart(3, '0'));
  cpSync(directory, target, { recursive: true, filter: (path) => !path.endsWith('.sock') });
}

type Calls = Record<string, (...call: unknown[]) => unknown>;

function watch(module: object, names: readonly string[]): void {
  const calls = module as Calls;
  for (const name of names) {
    const real = calls[name];
    if (!real) continue;
    calls[name] = (...call) => {
      keep();
      return real(...call);
    };
  }
}

watch(promises, ['mkdir', 'open', 'rename', 'link', 'unlink', 'rm', 'writeFile']);
watch(fs, [
  'openSync',
  'renameSync',
  'fsyncSync',
  'fdatasyncSync',
  'ftruncateSync',
  'writeSync',
  'unlinkSync',
  'rmSync',
]);
syncBuiltinESMExports();

const { FileAuditLog } = await import('../../lib/audit/log/file-audit-log.js');
const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
await log.open();
keep();
process.exit(0);
