import { existsSync, readFileSync, statSync } from 'node:fs';
import { tableRows, type TableRow } from '../support/markdown-table.js';

interface Requirement {
  readonly id: string;
  readonly level: number;
}

const COLUMNS = ['Requirement', 'About', 'State', 'What is done, what is left', 'Tests'] as const;
type Row = TableRow<(typeof COLUMNS)[number]>;

const STATES = ['`met`', '`partly`', '`planned`', '`out of scope`'];
const PROVEN_STATES = ['`met`', '`partly`'];
const NO_TESTS = '—';
const LEVELS = [1, 2, 3];

const page = readFileSync('docs/asvs.md', 'utf8');
const requirements = JSON.parse(
  readFileSync('test/vectors/asvs/requirement-ids.json', 'utf8'),
) as Requirement[];
const rows = tableRows(page, COLUMNS);

describe('docs/asvs.md', () => {
  it('classifies every requirement of the standard exactly once, in the order of the standard', () => {
    const classified = rows.flatMap(idsOf);
    expect(duplicatesOf(classified)).toEqual([]);
    expect(classified).toEqual(requirements.map(({ id }) => id));
  });

  it('gives every row a known state, a subject and a reason', () => {
    const unclear = rows.filter(
      (row) =>
        !STATES.includes(row.State) || row.About === '' || row['What is done, what is left'] === '',
    );
    expect(unclear.map(({ Requirement: ids }) => ids)).toEqual([]);
  });

  it('says what is left in every row that is met in part', () => {
    const silent = rows.filter(
      (row) => row.State === '`partly`' && !row['What is done, what is left'].includes(' Left: '),
    );
    expect(silent.map(({ Requirement: ids }) => ids)).toEqual([]);
  });

  it('names tests for what is done and for nothing else', () => {
    const wrong = rows.filter(
      (row) => PROVEN_STATES.includes(row.State) === (row.Tests === NO_TESTS),
    );
    expect(wrong.map(({ Requirement: ids, State, Tests }) => `${ids} ${State}: ${Tests}`)).toEqual(
      [],
    );
  });

  it('names only tests that exist', () => {
    const references = rows.filter(({ Tests }) => Tests !== NO_TESTS).flatMap(referencesOf);
    const problems = new Set(references.flatMap((reference) => problemOf(reference) ?? []));
    expect([...problems].toSorted()).toEqual([]);
  });

  it('counts the requirements of each state and level', () => {
    const figures = tableRows(page, ['State', 'Level 1', 'Level 2', 'Level 3']);
    const levels = new Map(requirements.map(({ id, level }) => [id, level]));
    const expected = STATES.map((state) => {
      const ids = rows.filter(({ State }) => State === state).flatMap(idsOf);
      const counts = LEVELS.map((level) => [
        `Level ${level}`,
        String(ids.filter((id) => levels.get(id) === level).length),
      ]);
      return { State: state, ...Object.fromEntries(counts) };
    });
    expect(figures).toEqual(expected);
  });
});

/** Expands `V2.4.1, V2.4.3 to V2.4.5`; a range stays within its section. */
function idsOf({ Requirement: list }: Row): string[] {
  return list.split(', ').flatMap((item) => {
    const [first = '', last] = item.split(' to ');
    return last === undefined ? [first] : rangeOf(first, last);
  });
}

function rangeOf(first: string, last: string): string[] {
  const from = requirements.findIndex(({ id }) => id === first);
  const to = requirements.findIndex(({ id }) => id === last);
  if (from === -1 || to <= from || sectionOf(first) !== sectionOf(last)) {
    throw new Error(`"${first} to ${last}" is no range within a section of the standard`);
  }
  return requirements.slice(from, to + 1).map(({ id }) => id);
}

function sectionOf(id: string): string {
  return id.slice(0, id.lastIndexOf('.'));
}

function duplicatesOf(ids: readonly string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

/** Reads `` `path`, `path › title` ``. */
function referencesOf({ Requirement: ids, Tests }: Row): string[] {
  if (!/^`[^`]+`(?:, `[^`]+`)*$/.test(Tests))
    throw new Error(`${ids} names its tests as: ${Tests}`);
  return Tests.slice(1, -1).split('`, `');
}

function problemOf(reference: string): string | undefined {
  const [path = '', title] = reference.split(' › ');
  if (!/^test\/.+\.test\.ts$/.test(path) || path.includes('..'))
    return `no path of a test: ${path}`;
  if (!existsSync(path) || !statSync(path).isFile()) return `missing file: ${path}`;
  if (title === undefined || titlesOf(path).some((each) => each.includes(title))) return undefined;
  return `no such title: ${reference}`;
}

/** The titles of all `describe`, `it` and `test` of a file, those with `.each` included. */
function titlesOf(path: string): string[] {
  const calls = readFileSync(path, 'utf8').matchAll(
    /\b(?:describe|it|test)(?:\.each(?:<[\s\S]*?>(?=\())?(?:\([\s\S]*?\)|`[\s\S]*?`))?\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g,
  );
  return Array.from(calls, ([, , title = '']) => title.replaceAll(/\\(.)/g, '$1'));
}
