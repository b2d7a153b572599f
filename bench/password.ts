import { startArgon2Cffi } from './argon2-cffi.js';
import { callsTable, hostileTable } from './password-calls.js';
import { hashesTable, measureHashes, ratiosTable } from './password-hashes-table.js';
import { contenders } from './password-hashes.js';
import { overheadTable } from './password-overhead.js';
import { policyStartTable, policyTable } from './password-policy.js';
import { refusalsTable } from './password-refusals.js';
import { circumstances, load, publishSection, versionOf } from './report.js';

const WARM_UPS = 2;
const ROUNDS = 40;

const METHOD = `# Cost of passwords

Method: \`npm run bench:password\`, once with each version of Node; each keeps its own section. Everything is run in turn in one process, so that what disturbs the machine disturbs all; on a shared machine the minima say most.

- Hashes: one of each in each of ${ROUNDS} rounds after ${WARM_UPS} of warm-up (bcrypt in every fourth), every other round in the opposite order. Argon2id with the profile \`guide\` (64 MiB, 3 passes, 4 lanes, 32 bytes), bcrypt with cost 12. \`PasswordService\` is \`verify\` with the right password, with default options and a listener of its events; the others make the raw hash under a given salt. CPU is what all threads of the process worked meanwhile. argon2-cffi computes in a Python process of its own that waits for its turn, and measures itself; it is called through \`low_level.hash_secret_raw\`. "argon2, again" shows what noise alone does.
- What the service adds is a few ten microseconds, which noise hides in the ratios above. So it is told by hashes that take next to nothing, as the difference of its minimum and that of its backend, and as a share of the minimum of a \`guide\` hash by that backend. "Imported at each call" is the backend as the service calls it. Target: at most 3%. The figures are those of a loop that does nothing else; between other work, with cold caches, it takes longer.
- Calls: microseconds a call, from 30 rounds of 500 calls of every row in turn.
- Refused logins: 10,000 \`login\` calls one after the other, in 50 batches of 200, while a hash runs and the queue is full; the means of the batches.
- Policy: 30 rounds of every row in turn; the first of a process in 15 fresh processes.
`;

async function section(): Promise<string> {
  const cffi = await startArgon2Cffi();
  const measured = await measureHashes(await contenders(cffi), WARM_UPS, ROUNDS);
  cffi?.stop();
  const python = cffi ? cffi.version : 'no Python with argon2-cffi here: left out';
  const versions = ['argon2', '@node-rs/argon2', '@node-rs/bcrypt', 'bcryptjs'].map(
    (name) => `${name} ${versionOf(name)}`,
  );
  return `${circumstances(...versions, python)} ${load()}

### Hashes

${hashesTable(measured)}

${ratiosTable(measured)}

### What the service adds

${await overheadTable(measured)}

### Calls that hash nothing

${callsTable()}

Refusing hostile texts of 1,000 characters:

${hostileTable()}

### Refused logins

${await refusalsTable()}

### Policy

${await policyTable()}

${await policyStartTable()}
`;
}

await publishSection(
  'password',
  METHOD,
  `Node ${process.versions.node.split('.')[0]}`,
  await section(),
);
