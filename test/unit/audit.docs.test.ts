import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processTerminal } from '../../lib/cli/process-terminal.js';
import { AUDIT_EXIT_CODE } from '../../lib/cli/audit-exit-code.js';
import { auditCommand } from '../../lib/cli/audit.command.js';
import { isSensitiveName } from '../../lib/audit/record/sensitive-names.js';
import { recordBody, type RecordContext } from '../../lib/audit/record/audit-record.js';
import { PROBLEM_GRADES } from '../../lib/audit/log/verify/verify-report.js';
import { AUDIT_EVENT_LEVELS } from '../../lib/events/owasp-vocabulary.js';
import { SECURITY_EVENT_LEVELS } from '../../lib/events/vocabulary.js';
import { tableRows } from '../support/markdown-table.js';

const page = readFileSync('docs/audit.md', 'utf8');

function inCode(entries: readonly (readonly [string, string])[]): string[][] {
  return entries.map(([name, value]) => [`\`${name}\``, `\`${value}\``]);
}

describe('docs/audit.md', () => {
  it('lists every event of the features with its level', () => {
    const rows = tableRows(page, [
      'Event',
      'Level',
      'When',
      'Fields beside `outcome`',
      'Put together',
    ]);
    expect(rows.map(({ Event, Level }) => [Event, Level])).toEqual(
      inCode(Object.entries(SECURITY_EVENT_LEVELS)),
    );
  });

  it('lists every event that the log records of itself, with its level', () => {
    const rows = tableRows(page, ['Event', 'Level', 'Meaning', 'Details']);
    expect(rows.map(({ Event, Level }) => [Event, Level])).toEqual(
      inCode(Object.entries(AUDIT_EVENT_LEVELS)),
    );
  });

  it('lists every problem that verification reports, with its grade', () => {
    const rows = tableRows(page, ['Problem', 'Grade', 'Meaning']);
    expect(rows.map(({ Problem, Grade }) => [Problem, Grade])).toEqual(
      Object.entries(PROBLEM_GRADES).map(([kind, grade]) => [`\`${kind}\``, grade]),
    );
  });

  it('lists the exit codes of the command', () => {
    const rows = tableRows(page, ['Exit code', 'Meaning']);
    const told = rows.map((row) => Number(row['Exit code'].replaceAll('`', '')));
    expect(told).toEqual(Object.values(AUDIT_EXIT_CODE));
  });

  it('names only fields that are taken out', () => {
    const [, list = ''] = /Anywhere in the name: (.*) The value becomes/.exec(page) ?? [];
    const names = Array.from(list.matchAll(/`([a-z]+)`/g), ([, name = '']) => name);
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !isSensitiveName(name))).toEqual([]);
  });
});

describe('docs/audit-anchors.md', () => {
  it('gives the events of sinks and anchors the levels that they have', () => {
    const anchors = readFileSync('docs/audit-anchors.md', 'utf8');
    const rows = tableRows(anchors, ['Event', 'Level', 'When', 'Fields']);
    const names = Object.entries(AUDIT_EVENT_LEVELS).filter(([event]) =>
      /_(?:sink|anchor|fork)/.test(event),
    );
    expect(Object.fromEntries(rows.map(({ Event, Level }) => [Event, Level]))).toEqual(
      Object.fromEntries(inCode(names)),
    );
  });
});

describe('docs/audit-format.md', () => {
  it('lists the fields of a record in their order', () => {
    const format = readFileSync('docs/audit-format.md', 'utf8');
    const fields = tableRows(format, ['Field', 'What it is']).map(({ Field }) => Field);
    const context: RecordContext = {
      time: '1970-01-01T00:00:00.000Z',
      app: { name: 'billing' },
      pseudonymOf: () => 'a pseudonym',
    };
    const body = recordBody(
      {
        event: 'user_created',
        outcome: 'success',
        reason: 'asked',
        actor: { type: 'user', id: '1' },
        target: { type: 'user', id: '2' },
        origin: { ip: '192.0.2.1' },
        http: { method: 'POST' },
        req: 'a',
        trace: '4bf92f3577b34da6a3ce929d0e0e4736',
        details: { a: 1 },
        n: 2,
      },
      context,
    );
    const written = ['v', 'seq', 'prev', 'id', ...Object.keys(JSON.parse(`{${body}`) as object)];
    expect(fields).toEqual(written.map((name) => `\`${name}\``));
  });
});

describe('docs/audit-threat-model.md', () => {
  it('says of every attack what its test says', () => {
    const rows = tableRows(readFileSync('docs/audit-threat-model.md', 'utf8'), [
      'Attack',
      'Files only',
      'Ended epoch',
      'Current epoch',
    ]);
    const told = rows.map((row) => [
      row.Attack.toLowerCase(),
      verdictsIn(row['Files only']),
      verdictsIn(row['Ended epoch']),
      verdictsIn(row['Current epoch']),
    ]);
    expect(told.length).toBeGreaterThanOrEqual(15);
    expect(told).toEqual(expectedVerdicts());
  });
});

describe('A line of "nestjs-security audit" in any document', () => {
  const pages = ['.', 'docs', 'sample/06-audit-log'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const commands = auditCommand(processTerminal(4), () => undefined).commands;
  const lines = pages.flatMap((text) =>
    Array.from(
      text.matchAll(/(?:nestjs-security|cli\/main\.js) audit ([a-z][a-z-]*)([^`\n|>)]*)/g),
      ([line, name = '', rest = '']) => ({ line, name, rest }),
    ),
  );

  it('calls a command that exists, with options that it has', () => {
    expect(lines.length).toBeGreaterThan(20);
    const wrong = lines.filter(({ name, rest }) => {
      const command = commands.find((each) => each.name() === name);
      const known = command?.options.map(({ long }) => long) ?? [];
      const given = Array.from(rest.matchAll(/(?<=\s)--[a-z-]+/g), ([option]) => option);
      return !command || given.some((option) => !known.includes(option));
    });
    expect(wrong.map(({ line }) => line)).toEqual([]);
  });
});

/** What is found without an anchor, and with one. */
type Verdicts = readonly [string, string];

function verdictsIn(cell: string): Verdicts {
  const [alone = '', anchored = alone] = cell.split('; with an anchor ');
  return [alone.replaceAll('`', ''), anchored.replaceAll('`', '')];
}

/** Read out of the test of the attacks, which is the one place where they stand. */
function expectedVerdicts(): (string | Verdicts)[][] {
  const source = readFileSync('test/unit/audit-attacks.test.ts', 'utf8');
  const attacks = source.matchAll(/^ {2}'([^']+)': \{\n([\s\S]*?)^ {2}\},/gm);
  return Array.from(attacks, ([, title = '', verdicts = '']) => [
    title,
    ...['naive', 'earlier', 'current'].map((effort) => verdictsOf(effort, verdicts)),
  ]);
}

function verdictsOf(effort: string, verdicts: string): Verdicts {
  const [, line = ''] = new RegExp(`^ {4}${effort}: (.*),$`, 'm').exec(verdicts) ?? [];
  const kinds = line.replaceAll('UNSEEN', "'not seen'").matchAll(/'([a-z -]+)'/g);
  const [alone = '', anchored = alone] = Array.from(kinds, ([, kind = '']) => kind);
  return [alone, anchored];
}
