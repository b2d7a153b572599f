import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Exported {
  readonly name: string;
  readonly path: string;
}

/** What an event's own name says is told by the base of all events. */
const TOLD_BY_THE_BASE = 'event';

const symbols = [
  'lib',
  ...['class-validator', 'postgres', 'redis', 'testing'].map((name) => join('lib', name)),
].flatMap(exportsOf);

describe('A public symbol', () => {
  it('has a docstring', () => {
    expect(symbols.length).toBeGreaterThan(100);
    expect(symbols.filter((symbol) => !isDescribed(linesOf(symbol), 0))).toEqual([]);
  });

  it('that is an interface has a docstring for each member', () => {
    const bare = symbols.flatMap((symbol) =>
      bareMembersOf(linesOf(symbol)).map((member) => `${symbol.name}.${member}`),
    );
    expect(bare).toEqual([]);
  });
});

function exportsOf(folder: string): Exported[] {
  const index = readFileSync(join(folder, 'index.ts'), 'utf8');
  return Array.from(
    index.matchAll(/^export (?:type )?\{([^}]+)\} from '([^']+)\.js'/gm),
    ([, names = '', from = '']) =>
      Array.from(names.matchAll(/(?:type )?(\w+)(?=,|\s*$)/g), ([, name = '']) => ({
        name,
        path: join(folder, `${from}.ts`),
      })),
  ).flat();
}

/** The line before a declaration that is no decorator, then the declaration up to its end. */
function linesOf({ name, path }: Exported): string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  const declaration = new RegExp(
    `^export (?:abstract )?(?:async )?(?:class|const|function|interface|type) ${name}\\b`,
  );
  const start = lines.findIndex((line) => declaration.test(line));
  if (start === -1) throw new Error(`${path} declares no ${name}`);
  const before = lines.slice(0, start).findLast((line) => !/^(@|\}\)$| {2})/.test(line)) ?? '';
  const rest = lines.slice(start);
  return [before, ...rest.slice(0, rest.findIndex((line) => line.startsWith('}')) + 1)];
}

function isDescribed(lines: readonly string[], index: number): boolean {
  return lines[index]?.endsWith('*/') === true;
}

function bareMembersOf(lines: readonly string[]): string[] {
  if (lines[1]?.startsWith('export interface ') !== true) return [];
  return lines.flatMap((line, index) => {
    const [, member] = /^ {2}(?:readonly )?(\w+)\??[:(]/.exec(line) ?? [];
    if (member === undefined || member === TOLD_BY_THE_BASE) return [];
    return isDescribed(lines, index - 1) ? [] : [member];
  });
}
