import { readFileSync, writeFileSync } from 'node:fs';
import { withOptionsTable } from './configuration-table.js';

const PAGE = 'docs/configuration.md';

writeFileSync(PAGE, withOptionsTable(readFileSync(PAGE, 'utf8')));
