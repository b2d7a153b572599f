import { resolve } from 'node:path';
import type { DataFolder } from './data-folder.js';

/** What is printed when the sample listens: never a key. */
export function greeting(url: string, { path }: DataFolder): string {
  return `
Encrypted fields listens on ${url} and keeps keys and customers in ${resolve(path)}

Paste these lines into another terminal, one by one or all at once:

${curlLines(url).join('\n')}

Ctrl+C stops.
`;
}

/** Ready for bash or zsh. */
function curlLines(url: string): readonly string[] {
  const get = (path: string): string => `curl -w '\\n' "${url}${path}"`;
  const post = (path: string, body: string): string =>
    `${get(path)} -H 'Content-Type: application/json' -d ${body}`;
  const add = (name: string, iban: string): string =>
    `${name.toUpperCase()}="$(curl -s '${url}/customers' -H 'Content-Type: application/json' -d '{"name":"${name}","iban":"${iban}"}' | sed 's/.*:"\\(.*\\)".*/\\1/')"`;
  return [
    add('Ada', 'DE89370400440532013000'),
    add('Eve', 'GB29NWBK60161331926819'),
    get('/customers/$ADA'),
    get('/customers/$ADA/stored'),
    get('/customers/keys'),
    `LINK="$(curl -s '${url}/links' -H 'Content-Type: application/json' -d '{"customer":"'"$ADA"'"}' | sed 's/.*:"\\(.*\\)".*/\\1/')"`,
    get('$LINK'),
    post('/customers/$EVE/copy-iban', `'{"from":"'"$ADA"'"}'`),
    get('/customers/$EVE'),
  ];
}
