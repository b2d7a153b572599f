import { resolve } from 'node:path';
import type { ApiKeyPlace } from '../01-quick-start/api-key.js';
import { curlLines } from './curl-lines.js';
import type { DataFolder } from './data-folder.js';

/** What is printed when the sample listens. It holds the API key only when the key is `shown`, on a terminal. */
export function greeting(url: string, { path, apiKey }: DataFolder, place: ApiKeyPlace): string {
  const keyLines = {
    shown: [`export API_KEY=${apiKey.created?.reveal()}`],
    file: [`export API_KEY="$(cat ${quoted(resolve(apiKey.keyFile))})"`],
    noted: [],
  }[place];
  return `
Passwords listens on ${url} and keeps its users in ${resolve(path)}

Paste these lines into another terminal, one by one or all at once:

${[...keyLines, ...curlLines(url)].join('\n')}

${keyNote(place, quoted(resolve(apiKey.digestFile)))}The last line sends 40 logins at once: 503 is the answer to those that would have to wait too long. Ctrl+C stops.
`;
}

function keyNote(place: ApiKeyPlace, digestFile: string): string {
  if (place === 'file') return '';
  const lead =
    place === 'shown'
      ? 'The API key is shown only this once, note it down.'
      : 'Set API_KEY to the API key that was shown when it was made.';
  return `${lead} To get another one: stop, rm ${digestFile}, start.\n`;
}

/** As a word of a shell's command line. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
