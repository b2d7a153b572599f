import { Keyring, KeyProvider, type KeyDocument } from 'nestjs-security';
import { setTimeout as after } from 'node:timers/promises';
import { keyDocument } from '../support/key-store.js';
import { startProvided } from '../support/provided-services.js';

/** Gives what it is told to, in order; the last answer again and again. */
class Scripted extends KeyProvider {
  readonly name = 'a script';
  answers: (() => Promise<string>)[] = [];

  async load(): Promise<KeyDocument> {
    const [answer] = this.answers.length > 1 ? this.answers.splice(0, 1) : this.answers;
    return JSON.parse((await answer?.()) ?? '') as KeyDocument;
  }
}

const old = keyDocument('a', ['a']);
const revoking = keyDocument('b', ['b', { id: 'a', state: 'revoked' }]);

describe('KeyringRefresh', () => {
  it('never lets an older answer that comes late undo a newer one', async () => {
    const provider = new Scripted();
    provider.answers = [async () => old, () => after(50, old), async () => revoking];
    const { module, refresh } = await startProvided(provider);
    expect(await Promise.all([refresh(), refresh()])).toEqual([true, true]);
    expect(module.get(Keyring).describe()).toBe('primary b; revoked a');
    await module.close();
  });

  it('ends the use of stale keys on time, not at the turn after', async () => {
    const provider = new Scripted({ refreshSeconds: 0.8, maxStaleSeconds: 1 });
    provider.answers = [async () => old];
    const { module } = await startProvided(provider);
    provider.answers = [() => Promise.reject(new Error('down'))];
    await after(1300);
    expect(() => module.get(Keyring).keysFor('fernet')).toThrow('silent');
    await module.close();
  });
});
