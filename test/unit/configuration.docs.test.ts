import { readFileSync } from 'node:fs';
import { environmentVariables } from '../../lib/security.environment.js';
import { securitySchema } from '../../lib/security.options.js';
import { allOptions, withOptionsTable } from '../docs/configuration-table.js';

const page = readFileSync('docs/configuration.md', 'utf8');
const options = allOptions();

describe('docs/configuration.md', () => {
  it('has the table that the schemas give: if not, run "npm run docs:configuration"', () => {
    expect(page).toBe(withOptionsTable(page));
  });

  it('names every variable that is read', () => {
    const missing = environmentVariables(securitySchema).filter(
      ({ name }) => !page.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });
});

describe('Every option', () => {
  it('has a note beside its schema that says what it is', () => {
    expect(options.filter(({ about }) => about === '').map(({ path }) => path)).toEqual([]);
  });

  it('has a type that can be told', () => {
    expect(options.filter(({ type }) => type === 'see there').map(({ path }) => path)).toEqual([]);
  });

  it('is listed once, those in lists, records and forms included', () => {
    const paths = options.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toEqual(
      expect.arrayContaining([
        'keys',
        'keys[].secret',
        'keys.managed.lifetimeDays',
        'password.memoryKiB',
        'webhook.receivers.<name>.secret',
        'audit.directory',
        'clock',
      ]),
    );
  });

  it('has its default from the schema', () => {
    const { byDefault, type, variable } = options.find(
      ({ path }) => path === 'password.ceilings.argon2TimeCost',
    ) ?? { byDefault: '', type: '', variable: '' };
    expect([type, byDefault, variable]).toEqual([
      'passes, 1 to 1024',
      '`16`',
      '`SECURITY_PASSWORD_CEILINGS_ARGON2_TIME_COST`',
    ]);
  });
});
