import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { besideHashes } from './audit-beside-hashes.js';
import { BigLog } from './audit-big-log.js';
import { recording, ROUNDS, WARM_UPS, WINDOW_MS } from './audit-recording.js';
import { starting } from './audit-starting.js';
import { RECORDS, verifying } from './audit-verifying.js';
import { circumstances, load, publish, table, versionOf } from './report.js';

// Beside the compiled files, since temporary folders may be in memory.
const folder = mkdtempSync(join('build', 'audit-bench-'));
const loadBefore = loadavg()[0]?.toFixed(1) ?? 'unknown';

// First, where nothing else has run: that is how a log is verified.
const long = await BigLog.begin(join(folder, 'long'));
const verified = await verifying(long);
const recorded = await recording(folder);
const hashed = await besideHashes(folder);
const started = await starting(long, await BigLog.begin(join(folder, 'short')));
rmSync(folder, { recursive: true });

const targets = [recorded, verified, hashed, started].flatMap((part) => part.targets);
const peers = ['pino', 'winston', 'pg', 'argon2'].map((name) => `${name} ${versionOf(name)}`);

await publish(
  'audit',
  `# The cost of the audit log

${circumstances(...peers)} Load of the machine before: ${loadBefore}. ${load()}

| ratios are taken round by round | target | median | least and most |
${table([['', '', '', ''], ...targets])
  .split('\n')
  .slice(1)
  .join('\n')}

What they depend on, and what keeps those that are missed. Per CPU second: beside pino, a record is searched for secrets; the log itself, given text that is ready, is in the table below. One caller: a record goes to the writer thread and its answer comes back, and each time a sleeping thread is woken, which takes as long as a fast disk does; the slower the disk, the nearer the two are. Beside bare hashes: 16 Argon2id lanes share the processors with the two threads that a record passes, and each thread waits for its turn. Verifying: two hashes a record cannot be spared, one of its line and one of the tree; what these alone take is below. Starting: half of it is the thread before it runs a line of this package, and the rest hardly depends on what the log holds.

## Recording

A refused login with all its fields. \`AuditService.record\` takes secrets out, makes a pseudonym of the e-mail address, chains, hashes the tree, signs checkpoints, and resolves when the disk has the line; \`callers\` wait for their record at the same time. Where nothing says when an event is written, p50 and p99 are the time of the call, and the rest of the writing is waited for within the measured time.

${recorded.text}

The first figure is the median of the rounds, the second the best of them.

## Beside password hashes

16 hashes are kept in flight: by \`PasswordService.hash\`, which computes as many at a time as keep the processors busy, and by npm \`argon2\` alone (64 MiB, three passes, four lanes), which takes all threads of libuv with four lanes each. \`fs/promises\` is a log that writes JSON there and flushes what waits together.

${hashed.text}

## Verifying

A log of ${RECORDS.toLocaleString('en')} records of about 400 bytes, in the page cache, against a trust file.

${verified.text}

## Starting

Opening includes the writer thread, the end of the epoch of the run before, and its new key.

${started.text}

Method: \`npm run bench:audit\`, in one process. Recording: ${ROUNDS} rounds after ${WARM_UPS} of warm-up; each round gives every line ${WINDOW_MS} ms, one after the other, the compared ones next to each other, and begins with another one. CPU time is that of all threads of this process; PostgreSQL's server has its own, which is not in it. Everything is written to one disk.
`,
);
