import { anchored, BASE, FOLDER, STREAM, tampered, type AuditPlan } from './audit-plan.js';

const SEGMENT = `${FOLDER}/seg-0000000000000000.jsonl`;
const LAST_SEGMENT = `${FOLDER}/seg-0000000000000050.jsonl`;

const SEGMENTS: readonly AuditPlan[] = [
  tampered('a log without its first segment', {
    removed: [SEGMENT],
    kinds: ['tile-missing'],
    first: 0,
  }),
  tampered('a log without a segment in the middle', {
    streams: anchored(['records', 9], ['segment'], ['records', 9], ['segment'], ['records', 9]),
    removed: [`${FOLDER}/seg-0000000000000009.jsonl`],
    kinds: ['segment-missing'],
    first: 9,
  }),
  tampered('a log without its last segment', {
    removed: [LAST_SEGMENT],
    kinds: ['records-missing'],
    first: 50,
  }),
  tampered('a segment that is a folder', {
    removed: [SEGMENT],
    folders: [SEGMENT],
    kinds: ['segment-missing'],
    first: 0,
  }),
  tampered('a segment of other bytes', {
    files: { [LAST_SEGMENT]: '\0\u00ff\n\n\r\n'.repeat(500) },
    kinds: ['line-invalid'],
    first: 50,
  }),
  tampered('a line longer than a record may be', {
    replaced: { [LAST_SEGMENT]: ['\n', `${'x'.repeat(70_000)}\n`] },
    kinds: ['line-invalid'],
    first: 50,
  }),
  tampered('more bytes without an end than a crash can leave', {
    streams: { [STREAM]: [...BASE, ['unfinished', 'x'.repeat(2 ** 23 + 1)]] },
    kinds: ['line-invalid'],
    first: 100,
  }),
  tampered('lines that are no records behind the last one', {
    appended: { [LAST_SEGMENT]: '{}\n' },
    kinds: ['line-invalid'],
    first: 100,
  }),
  ...Object.entries({
    'a CR': [',"level"', ',\r"level"'],
    'half a character': ['"info"', '"\u00c3"'],
    'another version': ['"v":1', '"v":2'],
    'the id of another record': [':5"', ':6"'],
    'the id of another stream': ['"id":"0-aaaaaaaa', '"id":"0-aaaaaaab'],
    'no event': ['"event":', '"evening":'],
    'another field before its event': [',"event"', ',"to":"","event"'],
    'a time that is a word': ['"2026-11-27T02:00:00.600Z"', '"2026-11-27 some time ago"'],
    'a time too short': ['T02:00:00.600Z', ''],
    'no brace at its end': ['}}', '}]'],
  }).map(([what, [old, now]]) =>
    tampered(`a chained and signed line with ${what}`, {
      streams: anchored(['records', 5], ['raw_line', old, now], ['records', 5]),
      kinds: ['line-invalid'],
      first: 5,
    }),
  ),
  ...Object.entries({
    'a number of 5,000 digits': ['"info"', '9'.repeat(5000)],
    'a number that JSON has not': ['"info"', 'NaN'],
    'no end of its object': ['}}', '}'],
    'more levels than can be read': ['"info"', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
  }).map(([what, [old, now]]): AuditPlan => ({
    name: `a chained and signed line with ${what}`,
    streams: anchored(['records', 5], ['raw_line', old, now], ['records', 5]),
    exit: 0,
    kinds: [],
  })),
  tampered('a signed line that does not continue the one before', {
    streams: anchored(['records', 5], ['unlinked'], ['records', 5]),
    kinds: ['prev-wrong'],
    first: 4,
  }),
  tampered('a signed line that does not continue the one before, with the tiles of both', {
    streams: anchored(['records', 5], ['unlinked'], ['records', 5], ['tile']),
    kinds: ['prev-wrong'],
    first: 4,
  }),
  tampered('a signed line with the number of the one before, with the tiles of both', {
    streams: anchored(
      ['records', 5],
      ['raw_line', '"seq":5,', '"seq":4,'],
      ['replace_in_last', ':5"', ':4"'],
      ['records', 5],
      ['tile'],
    ),
    kinds: ['seq-wrong'],
    first: 4,
  }),
  ...Object.entries({
    'is deep': ['[', ']', 0],
    'is deeper than what reads it': ['{"x":[', ']}', 0],
    'is deep and closed by the wrong brackets': ['[', '}', 1],
    'is deep and not closed': ['[', '', 1],
    'is deep and has another value too much': ['[1[', ']]', 1],
  } as const).map(([what, [open, close, exit]]): AuditPlan => ({
    name: `pruned records of which JSON tells that ${what}`,
    streams: anchored(
      ['records', 64],
      ['segment'],
      ['records', 7],
      ['prune', 64, false],
      ['records', 1, 'audit_segments_pruned', { through: 63, more: 'deep' }],
      ['replace_in_last', '"deep"', `${open.repeat(5000)}"[\\\\\\"{"${close.repeat(5000)}`],
    ),
    exit,
    kinds: exit === 0 ? [] : ['pruned-unrecorded'],
    ...(exit === 1 && { first: 0 }),
  })),
  ...Object.entries({
    'is no JSON': ['"size"', 'size'],
    'names another event first': ['"audit_', '"audit_-","event":"audit_'],
  }).map(([what, raw]) =>
    tampered(`surplus of which a record tells that ${what}`, {
      streams: anchored(['records', 5], ['abandon', { raw }], ['records', 5]),
      kinds: ['segment-surplus'],
      first: 5,
    }),
  ),
  {
    name: 'surplus of which a record tells that names another event at its end',
    streams: anchored(
      ['records', 5],
      ['abandon', { raw: ['"reason":"x"}}', '"reason":"x"},"event":"other"}'] }],
      ['records', 5],
    ),
    exit: 0,
    kinds: [],
  },
];

const pruned = anchored(
  ['records', 256],
  ['turn'],
  ['records', 44],
  ['turn'],
  ['segment'],
  ['records', 7],
  ['prune', 300],
);

const TILES: readonly AuditPlan[] = [
  ...Object.entries({ 'tile/0/000': 0, 'tile/0/001.p/44': 256 }).map(([tile, first]) =>
    tampered(`pruned records without ${tile}`, {
      streams: pruned,
      removed: [`${FOLDER}/${tile}`],
      kinds: ['tile-missing'],
      first,
    }),
  ),
  tampered('pruned records with a tile of other bytes', {
    streams: pruned,
    files: { [`${FOLDER}/tile/0/000`]: 'x'.repeat(8192) },
    kinds: ['tile-mismatch', 'anchor-mismatch', 'root-mismatch'],
    first: 0,
  }),
  tampered('pruned records with a last tile of other bytes', {
    streams: pruned,
    files: { [`${FOLDER}/tile/0/001.p/44`]: 'x'.repeat(44 * 32) },
    kinds: ['tile-mismatch'],
    first: 256,
  }),
  tampered('pruned records with a link in the place of a tile', {
    streams: pruned,
    links: [`${FOLDER}/tile/0/000`],
    kinds: ['tile-missing'],
    first: 0,
  }),
  tampered('pruned records with a tile that is too short', {
    streams: pruned,
    files: { [`${FOLDER}/tile/0/001.p/44`]: 'x'.repeat(43 * 32) },
    kinds: ['tile-missing'],
    first: 256,
  }),
];

const ANCHORS: readonly AuditPlan[] = [
  tampered('something in the anchor that is no note', {
    appended: { [`anchor/${STREAM}.notes`]: 'what\n\never\n\n' },
    kinds: ['anchor-invalid'],
    first: 90,
  }),
  {
    name: 'an anchor that has nothing of this stream',
    removed: [`anchor/${STREAM}.notes`],
    exit: 2,
    kinds: ['anchor-missing'],
  },
];

/** Logs in whose segments, tiles or anchors something stands that no writer writes there. */
export const DAMAGED_RECORD_PLANS: readonly AuditPlan[] = [...SEGMENTS, ...TILES, ...ANCHORS];
