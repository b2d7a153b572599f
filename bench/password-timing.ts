import { circumstances, publish, versionOf } from './report.js';
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

${circumstances(...['argon2', '@node-rs/argon2', '@node-rs/bcrypt'].map((name) => `${name} ${versionOf(name)}`))}

Every way in which \`PasswordService.verify\` answers \`false\`, compared with a wrong password for a hash of today. Beyond |t| = 4.5 the two practically never took the same time.

${parts.join('\n\n')}

Method: \`npm run bench:password-timing\`, as dudect does it. Before each sample chance picks one of the rows; a sample is one awaited \`verify\`, with a password that was made for it. The first tenth of the samples is warm-up; of each row the slowest 40% are left out, since others use the machine, then Welch's t-test for trimmed means (Yuen) compares it with the first. "The same again" is the first row once more: what the method finds where there is nothing to find. One process, a shared machine: differences far below those of this row may exist, and a "no" means that so many samples found nothing.
`,
);
