import { Secret } from 'nestjs-security';
import { inspect, format } from 'node:util';

const secret = Secret.of('hunter2');

describe('a Secret', () => {
  it.each([
    ['a template string', `${secret}`],
    ['String()', String(secret)],
    ['concatenation', 'x' + secret],
    ['JSON', JSON.stringify({ secret })],
    ['util.inspect', inspect({ deep: { secret } }, { showHidden: true, depth: 9 })],
    ['format strings', format('%s %o %O %j', secret, secret, secret, secret)],
  ])('shows nothing in %s', (_, shown) => {
    expect(shown).toContain('[redacted]');
    expect(shown).not.toContain('hunter2');
  });

  it('has no number', () => {
    expect(() => Number(secret)).toThrow(TypeError);
  });

  it('gives its value when asked', () => {
    expect(secret.reveal()).toBe('hunter2');
  });

  it('does not survive a structured clone', () => {
    expect(JSON.stringify(structuredClone({ ...secret }))).toBe('{}');
  });

  it.each([undefined, null, '[redacted]'])('refuses to hold %p', (value) => {
    expect(() => Secret.of(value)).toThrow(TypeError);
  });
});
