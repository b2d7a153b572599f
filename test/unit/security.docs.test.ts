import { existsSync, readFileSync } from 'node:fs';

const page = readFileSync('SECURITY.md', 'utf8');
const services = page
  .split(/^### /m)
  .slice(1)
  .filter((section) => section.includes('Not covered') || section.includes('Does not'))
  .map((section) => ({ name: section.split('\n', 1).join(), defences: defencesOf(section) }));

describe('SECURITY.md', () => {
  it('names only tests that exist', () => {
    const tests = Array.from(page.matchAll(/`(test\/[^`]+)`/g), ([, path = '']) => path);
    expect(tests.length).toBeGreaterThan(20);
    expect(tests.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each(services)('names a test for each defence of $name', ({ defences }) => {
    expect(defences.length).toBeGreaterThan(0);
    expect(defences.filter((line) => !/`test\/[^`]+\.test\.ts`$/.test(line))).toEqual([]);
  });
});

/** The list that stands before what is not covered. */
function defencesOf(section: string): string[] {
  const [before = ''] = section.split(/^Not covered/m);
  return before.split('\n').filter((line) => line.startsWith('- '));
}
