import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { rawPublicKey } from '../../lib/audit/log/note/note-signer.js';
import { parseVerifierKey } from '../../lib/audit/log/note/verifier-key.js';
import { parseTrust } from '../../lib/audit/log/verify/trust.js';
import { verifyProof } from '../../lib/audit/log/verify/verify-proof.js';
import { pseudonymOf } from '../../lib/audit/record/pseudonym.js';
import { runCommand } from '../../lib/cli/command.js';
import { Keyring } from '../../lib/keyring/keyring.js';
import { buildAuditLog, type TestLog } from '../support/audit-log-builder.js';
import { RECOVERY_NAME, vkeyOf, WITNESS_NAME } from '../support/audit-log-format.js';
import type { StreamPlan, TestStream } from '../support/audit-log-stream.js';
import {
  runCommandInto,
  runCommandLine,
  startCommand,
  type CommandProcess,
} from '../support/command-process.js';
import { testKey, testSecret } from '../support/keys.js';
import { startServices } from '../support/services.js';

const RECORDS = 100;
/** Everything in the tests is recent, so that nothing has to be told the time. */
const PLAN = { records: RECORDS, recordMs: 10 };

let log: TestLog;
let stream: TestStream;

function build(plan: StreamPlan = {}): void {
  log = buildAuditLog({ ...PLAN, start: Date.now() - RECORDS * PLAN.recordMs, ...plan });
  const [first] = log.streams;
  if (!first) throw new Error('a stream was expected');
  stream = first;
  writeFileSync(beside('trust.json'), log.trust);
}

function beside(name: string): string {
  return join(log.directory, '..', name);
}

function verifyWords(...more: readonly string[]): string[] {
  return [
    'audit',
    'verify',
    log.directory,
    '--trust',
    beside('trust.json'),
    '--anchor',
    log.anchor,
    ...more,
  ];
}

afterEach(() => log.remove());

describe('nestjs-security audit verify', () => {
  it('ends with 0 when nothing is left open, and says what is proven', async () => {
    build();
    const { code, stdout, stderr } = await runCommandLine(verifyWords());
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^0-stream00: clean\n {2}100 records chained, 100 signed, 100 anchored; 2 epochs ended, last at [\dTZ:.-]+\nCLEAN\n$/,
    );
  });

  it('ends with 1 for tampering, and names the record, the file and the byte', async () => {
    build();
    stream.lines[45] = String(stream.lines[45]).replace('success', 'failure');
    log.write();
    const { code, stdout } = await runCommandLine(verifyWords());
    expect(code).toBe(1);
    const offset = stream.lines.slice(40, 45).join('\n').length + 1;
    expect(stdout).toContain(
      `  tampered: record-changed (record 45, 0-stream00/seg-0000000000000040.jsonl, byte ${offset}): `,
    );
    expect(stdout).toMatch(/\nTAMPERED, first bad record: 45\n$/);
  });

  it('ends with 2 without what is kept elsewhere, or when that is too old', async () => {
    build();
    const bare = await runCommandLine(['audit', 'verify', log.directory]);
    expect(bare.code).toBe(2);
    expect(bare.stdout).toContain('incomplete: trust-missing: ');
    expect(bare.stdout).toMatch(/\nINCOMPLETE\n$/);
    const later = new Date(Date.now() + 3_600_000).toISOString();
    expect((await runCommandLine(verifyWords('--as-of', later))).code).toBe(2);
    const enough = ['--as-of', later, '--max-age', '7200', '--jobs', '1'];
    expect((await runCommandLine(verifyWords(...enough))).code).toBe(0);
  });

  it('names an anchor that holds nothing, and one that has stopped', async () => {
    build({ start: Date.now() - 2_000_000, recordMs: 20_000 });
    const [empty, old] = [beside('empty'), beside('old')];
    for (const folder of [empty, old]) mkdirSync(folder);
    writeFileSync(join(old, '0-stream00.notes'), `${stream.note(1, 0)}\n`);
    const stale = await runCommandLine(verifyWords('--anchor', old));
    expect([stale.code, stale.stdout]).toEqual([
      0,
      expect.stringMatching(
        /\n {2}note: \/.*\/old\/0-stream00\.notes is stale: its newest checkpoint, of 1 record, is of [\dTZ:.-]+\nCLEAN\n$/,
      ),
    ]);
    const missing = await runCommandLine(verifyWords('--anchor', empty));
    expect([missing.code, missing.stdout]).toEqual([
      2,
      expect.stringContaining(`incomplete: anchor-missing (${join(empty, '0-stream00.notes')}): `),
    ]);
  });

  it('prints the report as JSON and nothing else', async () => {
    build();
    const { code, stdout, stderr } = await runCommandLine(verifyWords('--json'));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'clean',
      streams: [{ stream: '0-stream00', records: 100, signed: 100, anchored: 100, problems: [] }],
    });
  });

  it.each([
    [['audit']],
    [['audit', 'verify']],
    [['audit', 'verify', '.', '--as-of', 'yesterday']],
    [['audit', 'verify', '.', '--as-of', '2026-13-01']],
    [['audit', 'verify', '.', '--as-of', '2026-02-29']],
    [['audit', 'verify', '.', '--as-of', '2026-02-31T02:30:00+01:00']],
    [['audit', 'verify', '.', '--max-age', '-1']],
    [['audit', 'verify', '.', '--jobs', '0']],
    [['audit', 'verify', '.', '--trust', './nowhere']],
    [['audit', 'verify', '.', '--trust', 'package.json']],
    [['audit', 'forget']],
    [['audit', 'reseed', '.', '--stream', '0-stream00', '--key', '/dev/zero']],
    [['audit', 'query']],
    [['audit', 'export', '--directory', '.']],
  ])('%j ends with 3 and judges nothing', async (words) => {
    build();
    expect(await runCommandLine(words)).toMatchObject({ code: 3, stdout: '' });
  });

  it('ends with 4 when the folder cannot be read', async () => {
    build();
    const { code, stdout, stderr } = await runCommandLine(['audit', 'verify', beside('nowhere')]);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(/^nestjs-security: .*ENOENT/);
  });

  it.each([
    [3, ['--trust', './nowhere']],
    [3, ['--jobs', '0']],
    [3, ['--unknown']],
    [4, ['--anchor', './nowhere']],
  ])('ends with %d and says in JSON that nothing is known, with %j', async (exit, more) => {
    build();
    const { code, stdout } = await runCommandLine(verifyWords('--json', ...more));
    const message: unknown = expect.any(String);
    expect([code, JSON.parse(stdout)]).toEqual([exit, { status: 'unknown', message }]);
  });

  it('ends with 4 when its output cannot be written, and never with what says something of the log', () => {
    build();
    if (!existsSync('/dev/full')) return;
    const others = [
      ['audit', 'query', '--directory', log.directory],
      ['audit', 'trust', log.directory],
    ];
    for (const words of [verifyWords(), verifyWords('--json'), ...others]) {
      expect([words, runCommandInto('/dev/full', words)]).toEqual([words, 4]);
    }
    expect(runCommandInto('/dev/full', ['key', 'generate'])).toBe(1);
  });

  it('shows no code of a terminal that stands in the log or in its name', async () => {
    build();
    const anchor = beside('an\u001b[2Jchor');
    mkdirSync(anchor);
    writeFileSync(join(anchor, '0-stream00.notes'), '\u001b[2J\n\nnoise\n\n');
    const { code, stdout, stderr } = await runCommandLine(verifyWords('--anchor', anchor));
    expect(code).toBe(1);
    expect(stdout).toContain('anchor-invalid');
    expect(stdout + stderr).not.toContain('\u001b');
    const typed = await runCommandLine(['audit', 'verify', '.', '--\u001b[2J']);
    expect(typed).toMatchObject({ code: 3, stderr: "error: unknown option '-- [2J'\n" });
  });

  it('stops when it is asked to, and then says nothing about the log', async () => {
    build();
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const onStop = (listener: () => void) => {
      listener();
      return () => undefined;
    };
    const terminal = { stdin: new PassThrough(), stdout, stderr, env: {}, cwd: () => '.', onStop };
    expect(await runCommand(verifyWords(), terminal)).toBe(130);
    expect([stdout.read(), String(stderr.read())]).toEqual([
      null,
      'Stopped: nothing is known about the log.\n',
    ]);
    expect(await runCommand(verifyWords('--json'), terminal)).toBe(130);
    expect(JSON.parse(String(stdout.read()))).toMatchObject({ status: 'unknown' });
  });
});

describe('nestjs-security audit trust', () => {
  it('prints what the log is verified against', async () => {
    build({ anchored: [], cosigned: [RECORDS] });
    const witness = vkeyOf(WITNESS_NAME, log.witness.publicKey, 4);
    const recovery = vkeyOf(RECOVERY_NAME, log.recovery.publicKey);
    const words = ['audit', 'trust', log.directory, '--witness', witness, '--recovery', recovery];
    const { code, stdout } = await runCommandLine(words);
    expect(code).toBe(0);
    expect(parseTrust(stdout)).toEqual(parseTrust(log.trust));
    writeFileSync(beside('trust.json'), stdout);
    expect(
      (await runCommandLine(['audit', 'verify', log.directory, '--trust', beside('trust.json')]))
        .code,
    ).toBe(0);
  });

  it.each([
    [3, ['query', '--directory', 'empty']],
    [3, ['tail', '--directory', 'empty']],
    [3, ['export', '--directory', 'empty', '--out', 'evidence']],
    [3, ['query', '--directory', 'log', '--stream', '0-stream01']],
    [3, ['export', '--directory', 'log', '--stream', '0-stream01', '--out', 'evidence']],
    [3, ['prove', '0-stream00:7', '--directory', 'empty']],
    [4, ['prove', '0-stream00:7', '--directory', 'nowhere']],
    [4, ['reseed', 'log', '--stream', '0-stream01', '--key', 'recovery.pem']],
    [4, ['reseed', 'nowhere', '--stream', '0-stream00', '--key', 'recovery.pem']],
    [3, ['reseed', 'log', '--stream', '0-stream00', '--key', 'recovery.pem']],
  ])('ends with %d and finds nothing where there is no such log: %j', async (exit, words) => {
    build();
    mkdirSync(beside('empty'));
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(beside('recovery.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const placed = words.map((word, at) =>
      /^(empty|log|nowhere|evidence|recovery\.pem)$/.test(word) && at > 0 ? beside(word) : word,
    );
    const { code, stdout, stderr } = await runCommandLine(['audit', ...placed]);
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toMatch(/there is no|has no record|could not be read|only a lost key/);
    expect(existsSync(beside('evidence'))).toBe(false);
  });

  it('prints none for a folder without a stream, and verify says that there is none', async () => {
    build();
    const empty = beside('empty');
    mkdirSync(empty);
    const { code, stdout, stderr } = await runCommandLine(['audit', 'trust', empty]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('there is no stream in this folder');
    expect(await runCommandLine(['audit', 'verify', empty])).toMatchObject({
      code: 2,
      stdout: 'There is no stream in this folder.\nINCOMPLETE\n',
    });
  });

  it('takes no witness for a recovery key, nor the other way', async () => {
    build();
    const witness = vkeyOf(WITNESS_NAME, log.witness.publicKey, 4);
    const words = ['audit', 'trust', log.directory, '--recovery', witness];
    expect(await runCommandLine(words)).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('nestjs-security audit recovery-key', () => {
  it('writes the private half into a new private file, and prints the public one', async () => {
    build();
    const path = beside('recovery.pem');
    const words = ['audit', 'recovery-key', '--out', path];
    const { code, stdout } = await runCommandLine(words);
    expect(code).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const key = parseVerifierKey(stdout.trimEnd());
    expect(key?.name).toBe('nestjs-security/audit-recovery');
    expect(rawPublicKey(createPrivateKey(readFileSync(path)))).toEqual(key?.publicKey);
    expect(await runCommandLine(words)).toMatchObject({ code: 3, stdout: '' });
    expect(rawPublicKey(createPrivateKey(readFileSync(path)))).toEqual(key?.publicKey);
  });
});

describe('nestjs-security audit query', () => {
  function fields(seq: number): Readonly<Record<string, unknown>> {
    const failed = {
      event: 'authn_login_fail',
      level: 'warn',
      outcome: 'failure',
      reason: 'mismatch',
    };
    const actor = { type: 'user', id: String(seq) };
    return seq % 10 === 0
      ? { ...failed, actor, target: { type: 'app', id: '7' }, origin: { ip: '192.0.2.1' }, n: 3 }
      : {};
  }

  it('prints the newest records that meet all options', async () => {
    build({ fields });
    const words = ['audit', 'query', '--directory', log.directory];
    const filter = [
      '--event',
      'authn_login_fail',
      '--level',
      'warn',
      '--outcome',
      'failure',
      '--limit',
      '2',
    ];
    const { code, stdout } = await runCommandLine([...words, ...filter]);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.slice(25))).toEqual([
      'warn authn_login_fail failure mismatch by user:80 on app:7 from 192.0.2.1 x 3 [0-stream00:80]',
      'warn authn_login_fail failure mismatch by user:90 on app:7 from 192.0.2.1 x 3 [0-stream00:90]',
      '',
    ]);
    const others = [
      '--actor',
      '50',
      '--target',
      'app:7',
      '--since',
      '2020-01-01',
      '--until',
      '2100-01-01T00:00Z',
    ];
    const json = await runCommandLine([...words, ...others, '--stream', '0-stream00', '--json']);
    expect(json.stdout).toBe(`${stream.lines[50]}\n`);
  });

  it('takes the folder from SECURITY_AUDIT_DIRECTORY', async () => {
    build({ fields });
    const env = { SECURITY_AUDIT_DIRECTORY: log.directory };
    const { stdout } = await runCommandLine(['audit', 'query', '--limit', '1', '--json'], env);
    expect(stdout).toBe(`${stream.lines[99]}\n`);
  });

  it('finds an identifier under every key of SECURITY_KEYS, whichever was the primary one', async () => {
    const ring = [testKey('new'), testKey('old')];
    const { module } = await startServices({ keys: ring });
    const keys = module.get(Keyring).keysFor('audit-pseudonym');
    const alice = { type: 'email', value: 'Alice@example.com' };
    const pseudonyms = keys.map((key) => pseudonymOf(alice, key));
    expect(pseudonyms).toHaveLength(2);
    build({ fields: (seq) => (seq < 2 ? { actor: { pseudo: pseudonyms[seq] } } : {}) });
    const words = ['audit', 'query', '--directory', log.directory, '--json'];
    const env = { SECURITY_KEYS: `new:${testSecret('new')},old:${testSecret('old')}` };
    const found = (identifier: string) =>
      runCommandLine([...words, '--actor-identifier', identifier], env);
    expect(await found('email:alice@example.com')).toEqual({
      code: 0,
      stdout: stream.lines
        .slice(0, 2)
        .map((line) => `${line}\n`)
        .join(''),
      stderr: '',
    });
    expect(await found('email:bob@example.com')).toMatchObject({ code: 0, stdout: '' });
    expect(await found('alice@example.com')).toMatchObject({ code: 3, stdout: '' });
  });

  it('shows no code of a terminal that somebody has put into a record', async () => {
    build({ fields: () => ({ reason: '\u009b2J\u202e', actor: { id: '\u2028' } }) });
    expect(stream.lines[0]).toContain('\u009b');
    for (const form of [[], ['--json']]) {
      const { code, stdout } = await runCommandLine([
        'audit',
        'query',
        '--directory',
        log.directory,
        ...form,
      ]);
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/[\u0080-\u009f\u2028-\u202e]/);
    }
  });

  it('ends with 1 where the log is no log any more', async () => {
    build();
    stream.lines[50] = 'noise';
    log.write();
    const { code, stderr } = await runCommandLine(['audit', 'query', '--directory', log.directory]);
    expect(code).toBe(1);
    expect(stderr).toContain('audit verify');
  });
});

describe('nestjs-security audit tail', () => {
  async function until(test: () => boolean): Promise<void> {
    while (!test()) await new Promise((wait) => setTimeout(wait, 20));
  }

  it('prints the last records', async () => {
    build();
    const { code, stdout } = await runCommandLine([
      'audit',
      'tail',
      '--directory',
      log.directory,
      '-n',
      '2',
      '--json',
    ]);
    expect([code, stdout]).toEqual([0, `${stream.lines[98]}\n${stream.lines[99]}\n`]);
  });

  it.each([
    ['an id that is none', ',"id":5'],
    ['no time', ',"time":null'],
    ['a depth that nothing can write', `,"details":${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('ends with 1 for a record that somebody gave %s', async (_, fields) => {
    build();
    stream.lines[99] = `${String(stream.lines[99]).slice(0, -1)}${fields}}`;
    log.write();
    const words = ['audit', 'tail', '--directory', log.directory, '-n', '1', '--json'];
    const { code, stderr } = await runCommandLine(words);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^nestjs-security: .*record/)]);
  });

  it('goes on with what is added, into new segments and streams too, until it is stopped', async () => {
    build();
    const words = [
      'audit',
      'tail',
      '--directory',
      log.directory,
      '--lines',
      '1',
      '--follow',
      '--json',
    ];
    const { child, result }: CommandProcess = startCommand(words);
    let shown = '';
    child.stdout?.on('data', (text: string) => (shown += text));
    await until(() => shown.includes(':99"'));
    for (let more = 0; more < 3; more += 1) stream.append();
    const [first, second, third] = stream.lines.slice(100).map((line) => `${line}\n`);
    const folder = join(log.directory, stream.name);
    const half = String(second).slice(0, 60);
    appendFileSync(join(folder, 'seg-0000000000000080.jsonl'), `${first}${half}`);
    await until(() => shown.includes(':100"'));
    appendFileSync(join(folder, 'seg-0000000000000080.jsonl'), String(second).slice(60));
    writeFileSync(join(folder, 'seg-0000000000000102.jsonl'), String(third));
    await until(() => shown.includes(':102"'));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await result;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      stream.lines
        .slice(99)
        .map((line) => `${line}\n`)
        .join(''),
    );
  });
});

describe('nestjs-security audit prove', () => {
  it('prints a proof, or writes it beside the record', async () => {
    build();
    const words = ['audit', 'prove', '0-stream00:70', '--directory', log.directory];
    const { code, stdout } = await runCommandLine(words);
    expect(code).toBe(0);
    const given = {
      trust: parseTrust(log.trust),
      epochs: readFileSync(join(log.directory, '0-stream00', 'epochs.notes')),
    };
    expect(verifyProof({ line: String(stream.lines[70]), proof: stdout, ...given }).isProven).toBe(
      true,
    );
    const path = beside('70.tlog-proof');
    expect(await runCommandLine([...words, '--out', path])).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(path, 'utf8')).toBe(stdout);
    expect(readFileSync(`${path}.record`, 'utf8')).toBe(stream.lines[70]);
    expect(await runCommandLine([...words, '--out', path])).toMatchObject({ code: 3, stdout: '' });
  });

  it('writes codes of a terminal that somebody put into the checkpoint to a file only', async () => {
    build();
    appendFileSync(join(log.directory, '0-stream00', 'checkpoint'), '— \u009b2Jno AAAAAAA=\n');
    const words = ['audit', 'prove', '0-stream00:70', '--directory', log.directory];
    expect(await runCommandLine(words)).toMatchObject({ code: 3, stdout: '' });
    const path = beside('70.tlog-proof');
    expect(await runCommandLine([...words, '--out', path])).toMatchObject({ code: 0 });
    expect(readFileSync(path, 'utf8')).toContain('\u009b2J');
  });

  it.each([
    ['0-stream00:100', 3],
    ['no id', 3],
    ['0-stream00:95', 2],
  ])('of %j ends with %d', async (id, code) => {
    build({ signed: 95, anchored: [] });
    const words = ['audit', 'prove', id, '--directory', log.directory];
    expect(await runCommandLine(words)).toMatchObject({ code, stdout: '' });
  });
});

describe('nestjs-security audit export', () => {
  it('writes what can be verified without the log, though not taken for one', async () => {
    build({ fields: (seq) => (seq % 10 === 0 ? { event: 'user_created' } : {}) });
    const out = beside('evidence');
    const words = [
      'audit',
      'export',
      '--directory',
      log.directory,
      '--out',
      out,
      '--event',
      'user_created',
      '--anchor',
      log.anchor,
    ];
    expect(await runCommandLine(words)).toEqual({
      code: 0,
      stdout: '0-stream00: 10 records\n',
      stderr: '',
    });
    expect(await runCommandLine(words)).toMatchObject({ code: 4, stdout: '' });
    const verify = [
      'audit',
      'verify',
      out,
      '--trust',
      beside('trust.json'),
      '--anchor',
      log.anchor,
    ];
    const accepted = await runCommandLine([...verify, '--export']);
    expect([accepted.code, accepted.stderr]).toEqual([0, '']);
    expect(accepted.stdout).toContain(
      '10 records proven, 10 of them by a checkpoint that is kept elsewhere\n',
    );
    const unexpected = await runCommandLine(verify);
    expect(unexpected.code).toBe(2);
    expect(unexpected.stdout).toMatch(/^0-stream00: incomplete\n.*\nINCOMPLETE\n$/);
    expect(unexpected.stderr).toContain('--export');
    const { stdout: json } = await runCommandLine([...verify, '--json']);
    expect(JSON.parse(json)).toMatchObject({
      status: 'incomplete',
      streams: [{ status: 'incomplete' }],
    });
    const path = join(out, '0-stream00', 'records.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('user_created', 'user_removed'));
    expect((await runCommandLine([...verify, '--export'])).code).toBe(1);
  });

  it('leaves nothing when it is stopped, and what is plainly unfinished when it is killed', async () => {
    const everything = { records: 5000, recordMs: 0, statements: [], segments: [0], anchored: [] };
    build(everything);
    const words = ['audit', 'export', '--directory', log.directory, '--out', beside('evidence')];
    const unfinished = () =>
      readdirSync(beside('')).filter((name) => /^evidence\.[0-9a-f]{16}\.unfinished$/.test(name));
    const begun = async () => {
      const { child, result } = startCommand(words);
      while (!unfinished().some((name) => existsSync(join(beside(name), '0-stream00', 'proofs'))))
        await new Promise((wait) => setTimeout(wait, 5));
      return { child, result };
    };
    const stopped = await begun();
    stopped.child.kill('SIGINT');
    expect(await stopped.result).toEqual({
      code: 130,
      stdout: '',
      stderr: 'Stopped: nothing was exported.\n',
    });
    expect(unfinished()).toEqual([]);
    const killed = await begun();
    killed.child.kill('SIGKILL');
    await killed.result;
    expect(unfinished()).toHaveLength(1);
    expect(existsSync(beside('evidence'))).toBe(false);
    expect(await runCommandLine(words)).toMatchObject({
      code: 0,
      stdout: '0-stream00: 5000 records\n',
    });
  });

  it('makes one export where two are made at a time under one name', async () => {
    build();
    const words = ['audit', 'export', '--directory', log.directory, '--out', beside('evidence')];
    const runs = await Promise.all([runCommandLine(words), runCommandLine(words)]);
    expect(runs.map(({ code }) => code).toSorted((a, b) => Number(a) - Number(b))).toEqual([0, 4]);
    expect(readdirSync(beside('')).toSorted()).toEqual(['anchor', 'evidence', 'log', 'trust.json']);
    for (const path of ['evidence', 'evidence/0-stream00', 'evidence/0-stream00/proofs'])
      expect(statSync(beside(path)).mode & 0o777).toBe(0o700);
    for (const path of [
      'export.json',
      '0-stream00/records.jsonl',
      '0-stream00/proofs/7.tlog-proof',
    ])
      expect(statSync(join(beside('evidence'), path)).mode & 0o777).toBe(0o600);
  });

  it('ends with 1 where a record was changed that it does not hold', async () => {
    build({ fields: (seq) => (seq % 10 === 0 ? { event: 'user_created' } : {}) });
    stream.lines[45] = String(stream.lines[45]).replace('success', 'failure');
    log.write();
    const words = ['audit', 'export', '--directory', log.directory, '--event', 'user_created'];
    const { code, stdout, stderr } = await runCommandLine([...words, '--out', beside('evidence')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('seg-0000000000000040.jsonl');
    expect(existsSync(beside('evidence'))).toBe(false);
  });

  it('says when there is nothing to export', async () => {
    build();
    const words = [
      'audit',
      'export',
      '--directory',
      log.directory,
      '--out',
      beside('evidence'),
      '--event',
      'nothing',
    ];
    expect(await runCommandLine(words)).toMatchObject({
      code: 0,
      stdout: 'No record meets all options.\n',
    });
  });
});
