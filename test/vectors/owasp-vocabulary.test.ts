import { readFileSync } from 'node:fs';
import { OWASP_EVENT_LEVELS } from 'nestjs-security';
import { defaultLevelOf } from '../../lib/events/owasp-vocabulary.js';

interface VocabularyEntry {
  event: string;
  level: string;
}

const vocabulary = JSON.parse(
  readFileSync('test/vectors/audit/owasp-logging-vocabulary.json', 'utf8'),
) as VocabularyEntry[];

describe('the OWASP Logging Vocabulary', () => {
  it('is known by its 57 names, no more and no fewer', () => {
    expect(vocabulary).toHaveLength(57);
    expect(Object.keys(OWASP_EVENT_LEVELS).toSorted()).toEqual(
      vocabulary.map(({ event }) => event).toSorted(),
    );
  });

  it.each(vocabulary)('gives $event the level $level', ({ event, level }) => {
    const levels = ['success', 'failure'].map((outcome) =>
      defaultLevelOf(event, outcome).toUpperCase(),
    );
    expect([...new Set(levels)].join('|')).toBe(level);
  });
});
