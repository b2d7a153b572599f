import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAuditLog } from '../../lib/audit/log/file-audit-log.js';
import { auditBody, onlyStream } from '../support/crashed-log.js';

const HEX = '0123456789abcdef';
const HOUR_MS = 60 * 60 * 1000;
const UNBEGUN = '1-bbbbbbbb';

let directory: string;
let folder: string;
let keys: string;
let servers: Server[];

beforeEach(async () => {
  servers = [];
  directory = join(mkdtempSync(join(tmpdir(), 'audit-')), 'log');
  keys = join(directory, 'keys');
  await startAndClose();
  ({ folder } = onlyStream(directory));
});
afterEach(() => {
  for (const server of servers) server.close();
});

async function startAndClose(): Promise<void> {
  const log = new FileAuditLog(directory, { writer: 'inline', limits: { reserveBytes: 0 } });
  await log.open();
  await log.append(auditBody(1));
  await log.close();
}

function put(path: string, agedMs = 2 * HOUR_MS): void {
  writeFileSync(path, 'x');
  age(path, agedMs);
}

function age(path: string, ms: number): void {
  const then = new Date(Date.now() - ms);
  utimesSync(path, then, then);
}

function putUnbegun(agedMs: number): void {
  const path = join(directory, `${UNBEGUN}.${HEX}.new`);
  mkdirSync(path);
  put(join(path, 'identity.vkey'));
  put(join(path, `checkpoint.${HEX}.new`));
  age(path, agedMs);
  put(join(keys, `${UNBEGUN}.0.pem.next`));
  put(join(keys, `${UNBEGUN}.identity.pem.next`));
}

const ofUnbegun = (): string[] =>
  [...readdirSync(directory), ...readdirSync(keys)].filter((name) => name.startsWith(UNBEGUN));

describe('What killed processes have left', () => {
  it('is removed by the next start: files that were to get another name', async () => {
    mkdirSync(join(folder, 'sinks'), { recursive: true });
    const before = readdirSync(folder).toSorted();
    put(join(folder, `checkpoint.${HEX}.new`), 0);
    put(join(folder, `seg-0000000000000007.jsonl.${HEX}.new`), 0);
    put(join(folder, 'sinks', `a.json.${HEX}.new`), 0);
    put(join(keys, `0-aaaaaaaa.identity.pem.next.${HEX}.new`));
    await startAndClose();
    expect(readdirSync(folder).toSorted()).toEqual([...new Set([...before, 'epochs.notes'])]);
    expect(readdirSync(join(folder, 'sinks'))).toEqual([]);
    expect(readdirSync(keys).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('is removed by the next start: sockets that nobody listens to', async () => {
    const bind = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    for (const name of ['00000001.sock', '00000002.ticket']) {
      const path = join(folder, name);
      const killed = (): unknown => execFileSync(process.execPath, ['-e', bind, path]);
      expect(killed).toThrow('Command failed');
      age(path, HOUR_MS);
    }
    await startAndClose();
    expect(readdirSync(folder).filter((name) => /sock|ticket/.test(name))).toEqual([]);
  });

  it('is removed by the next start: a stream that did not begin, and its keys', async () => {
    putUnbegun(2 * HOUR_MS);
    await startAndClose();
    expect(ofUnbegun()).toEqual([]);
  });
});

describe('A start leaves alone', () => {
  it('a socket that a process listens to, however old', async () => {
    const path = join(folder, '00000003.sock');
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    age(path, HOUR_MS);
    await startAndClose();
    expect(readdirSync(folder)).toContain('00000003.sock');
  });

  it('what another process may just be making', async () => {
    putUnbegun(60_000);
    put(join(keys, `0-aaaaaaaa.identity.pem.next.${HEX}.new`), 60_000);
    await startAndClose();
    expect(ofUnbegun()).toHaveLength(3);
    expect(readdirSync(keys)).toContain(`0-aaaaaaaa.identity.pem.next.${HEX}.new`);
  });

  it('a folder that has more in it than a stream begins with', async () => {
    putUnbegun(2 * HOUR_MS);
    const path = join(directory, `${UNBEGUN}.${HEX}.new`);
    put(join(path, 'seg-0000000000000000.jsonl'));
    age(path, 2 * HOUR_MS);
    await startAndClose();
    expect(readdirSync(path)).toContain('seg-0000000000000000.jsonl');
    expect(ofUnbegun()).toHaveLength(3);
  });

  it('the files of others, and evidence', async () => {
    put(join(folder, 'notes.new'));
    put(join(folder, `torn-12-${HEX}.bin`));
    put(join(keys, `other.key.${HEX}.new`));
    await startAndClose();
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(['notes.new', `torn-12-${HEX}.bin`]),
    );
    expect(readdirSync(keys)).toContain(`other.key.${HEX}.new`);
  });
});
