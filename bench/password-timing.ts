import { circumstances, load, publish, versionOf } from './report.js';
import { measuredTable } from './password-timing-table.js';
import { experiments } from './password-timing-experiments.js';

const parts: string[] = [];
for (const experiment of await experiments()) {
  const part = `## ${experiment.title}\n\n${experiment.about}\n\n${await measuredTable(experiment)}`;
  console.log(part);
  parts.push(part);
}

await publish(
  'password-timing',
  `# What the time of a failed login tells

${circumstances(...['argon2', '@node-rs/argon2', '@node-rs/bcrypt'].map((name) => `${name} ${versionOf(name)}`))} ${load()}

Every way in which \`PasswordService.verify\` answers \`false\`, compared with a wrong password for a hash of today. Beyond |t| = 4.5 the two practically never took the same time.

${parts.join('\n\n')}

## What is real

The hash decides: beside it the ways differ by microseconds, which the cheap hashes of this page show. With \`owasp-19\` so few samples on a busy machine tell nothing below some milliseconds; the code is the same.

- A wrong password costs what an unknown user costs, to within the 2 µs that the row finds against itself: a value that nobody can compare is answered by comparing with an assembled hash of today, on the same path.
- A stored hash of no known scheme costs 23 to 34 µs more than a wrong password, since every layout is asked in vain before the comparison; one that is malformed, out of bounds or too long costs the same to within 9 µs, either way. Who logs in cannot choose what is stored.
- A password of 4,096 bytes costs 14 to 26 µs more than a short one, for encoding, Unicode NFC and BLAKE2b, and one of 1 MiB, which is refused, up to 10 µs: the caller's choice, and as much for an unknown user, to within 3 µs where both were measured.
- With \`rawUnicodeFallback\` a password that NFC changes is hashed twice for everyone, and any other once: that tells about the password, which the caller knows.
- Migration is the one large difference: a stored hash that is cheaper than those of today fails sooner, by what it is cheaper. \`equalize: 'top-up'\` brings it to within a few percent, which is what thirty samples on a busy machine can tell.

What that is worth, if hashes scatter by 3 ms: a difference of 20 µs reaches |t| = 4.5 after some 900,000 logins of each kind, one of 10 µs after 3,600,000, without any network in between.

Method: \`npm run bench:password-timing\`, as dudect does it. Before each sample chance picks one of the rows; a sample is one awaited \`verify\`, with a password that was made for it. The first tenth of the samples is warm-up; of each row the slowest 40% are left out, since others use the machine, then Welch's t-test for trimmed means (Yuen) compares it with the first. "The same again" is the first row once more: what the method finds where there is nothing to find. One process, a shared machine: differences far below those of this row may exist, and a "no" means that so many samples found nothing.
`,
);
