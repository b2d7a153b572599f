import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_ROOT } from '../../lib/audit/log/merkle/node-hash.js';
import { epochKeyName, logCheckpointText } from '../../lib/audit/log/note/log-checkpoint.js';
import { rawPublicKey } from '../../lib/audit/log/note/note-signer.js';
import { openNote, signNote } from '../../lib/audit/log/note/signed-note.js';
import { verifierKey } from '../../lib/audit/log/note/verifier-key.js';
import {
  EpochKeys,
  epochKeyPath,
  identityKeyPath,
  privateKeyPem,
} from '../../lib/audit/log/writer/epoch-keys.js';
import { EpochStatements } from '../../lib/audit/log/writer/epoch-statements.js';

const stream = '0-abcdefgh';
const time = '2026-11-27T00:00:00.000Z';

let root: string;
let first: Buffer;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'epochs-'));
  mkdirSync(join(root, 'keys'));
  const pair = generateKeyPairSync('ed25519');
  writeFileSync(epochKeyPath(place(root), 0), privateKeyPem(pair.privateKey));
  first = rawPublicKey(pair.publicKey);
});

const place = (folder: string) => ({ keyFolder: join(folder, 'keys'), stream });
const keyFiles = (folder = root): string[] => readdirSync(join(folder, 'keys')).toSorted();
const publicKeyIn = (path: string): Buffer => rawPublicKey(createPrivateKey(readFileSync(path)));

/** Opens the keys as a start does. */
function open(folder = root) {
  const statements = new EpochStatements(folder, stream);
  const keys = new EpochKeys(place(folder), statements.count, statements.last?.next ?? first);
  return { keys, statements };
}

/** Ends the epoch; `then` runs when the statement is on the disk. */
function turn({ keys, statements }: ReturnType<typeof open>, then?: () => void): void {
  keys.turn((next) => {
    const statement = { stream, size: 0, root: EMPTY_ROOT, epoch: keys.epoch, time, next };
    statements.append(signNote(logCheckpointText(statement), keys.signers()), statement);
    then?.();
  });
}

describe('The keys of epochs', () => {
  it('each sign the next public key, and are gone then', () => {
    const log = open();
    const known = [first];
    for (let epoch = 0; epoch < 5; epoch += 1) {
      turn(log);
      known.push(log.keys.publicKey);
      expect(keyFiles()).toEqual([`${stream}.${epoch + 1}.pem`]);
    }
    const notes = readFileSync(join(root, 'epochs.notes'), 'utf8').split('\n\n');
    for (let epoch = 0; epoch < 5; epoch += 1) {
      const note = `${notes[epoch * 2]}\n\n${notes[epoch * 2 + 1]}\n`;
      const key = verifierKey(epochKeyName(stream, epoch), known[epoch] ?? first);
      expect(openNote(note, [key])?.text).toContain(
        `next ${known[epoch + 1]?.toString('base64')}\n`,
      );
    }
  });

  it('are overwritten before they are removed', () => {
    linkSync(epochKeyPath(place(root), 0), join(root, 'spy'));
    turn(open());
    expect(readFileSync(join(root, 'spy')).every((byte) => byte === 0)).toBe(true);
  });

  it('are found again at the next start', () => {
    const log = open();
    turn(log);
    turn(log);
    const again = open();
    expect(again.keys.epoch).toBe(2);
    expect(again.keys.publicKey).toEqual(log.keys.publicKey);
  });

  it('sign with the identity key as well, where there is one', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(identityKeyPath(place(root)), privateKeyPem(privateKey));
    expect(
      open()
        .keys.signers()
        .map(({ name }) => name),
    ).toEqual([`nestjs-security/audit/${stream}/epoch/0`, `nestjs-security/audit/${stream}`]);
  });
});

describe('A turn that is cut off', () => {
  it('before the statement, takes the same next key again', () => {
    const log = open();
    expect(() =>
      log.keys.turn(() => {
        throw new Error('the disk is full');
      }),
    ).toThrow('the disk is full');
    const left = publicKeyIn(`${epochKeyPath(place(root), 1)}.next`);
    const again = open();
    expect(again.keys.epoch).toBe(0);
    turn(again);
    expect(again.keys.publicKey).toEqual(left);
  });

  it('behind the statement, is finished by the next start', () => {
    const crashed = join(root, 'crashed');
    turn(open(), () => {
      mkdirSync(crashed);
      cpSync(join(root, 'keys'), join(crashed, 'keys'), { recursive: true });
      cpSync(join(root, 'epochs.notes'), join(crashed, 'epochs.notes'));
    });
    expect(keyFiles(crashed)).toEqual([`${stream}.0.pem`, `${stream}.1.pem.next`]);
    const { keys } = open(crashed);
    expect(keys.epoch).toBe(1);
    expect(keyFiles(crashed)).toEqual([`${stream}.1.pem`]);
  });

  it('within the statement, is cut back and made anew', () => {
    const log = open();
    turn(log);
    const whole = readFileSync(join(root, 'epochs.notes'));
    for (const length of [1, 40, whole.length - 1]) {
      writeFileSync(join(root, 'epochs.notes'), whole);
      appendFileSync(join(root, 'epochs.notes'), whole.subarray(0, length));
      const { statements } = open();
      expect(statements.count).toBe(1);
      expect(readFileSync(join(root, 'epochs.notes'))).toEqual(whole);
    }
  });

  it('before the old key was removed, removes it at the next start', () => {
    const old = readFileSync(epochKeyPath(place(root), 0));
    turn(open());
    writeFileSync(epochKeyPath(place(root), 0), old);
    open();
    expect(keyFiles()).toEqual([`${stream}.1.pem`]);
  });
});

describe('A key that is lost', () => {
  it.each<[string, () => void]>([
    ['gone', () => rmSync(epochKeyPath(place(root), 0))],
    ['another one', () => writeFileSync(epochKeyPath(place(root), 0), otherKey())],
    ['no key at all', () => writeFileSync(epochKeyPath(place(root), 0), 'x')],
  ])('(%s) is never replaced by a new one', (_, lose) => {
    lose();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'AUDIT_EPOCH_KEY_LOST' }));
  });
});

describe('A key that is there and cannot be read now', () => {
  it.each<[string, () => string]>([
    ['of the epoch', () => epochKeyPath(place(root), 0)],
    ['of the stream', () => identityKeyPath(place(root))],
  ])('(%s) is neither taken for lost nor done without', (_, pathOf) => {
    const path = pathOf();
    rmSync(path, { force: true });
    mkdirSync(path);
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'AUDIT_DIRECTORY_UNUSABLE',
        message: expect.stringContaining(`${path} of the audit log cannot be read (EISDIR)`),
      }),
    );
  });
});

function otherKey(): string {
  return privateKeyPem(generateKeyPairSync('ed25519').privateKey);
}
