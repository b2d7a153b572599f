import { URI } from 'otpauth';
import { readFileSync } from 'node:fs';

// Stands in for the phone: reads an otpauth:// address and prints its code of this moment.
const [uri = ''] = readFileSync(0, 'utf8').split('\n');
console.log(URI.parse(uri).generate());
