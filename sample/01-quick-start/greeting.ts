import { resolve } from 'node:path';
import type { ApiKeyPlace } from './api-key.js';
import { curlSteps } from './curl-lines.js';
import type { DataFolder } from './data-folder.js';

/**
 * What is printed when the sample listens. It holds the API key only when the key is `shown`: whatever
 * else than a terminal takes the output may keep it for ever.
 */
export function greeting(url: string, { path, apiKey }: DataFolder, place: ApiKeyPlace): string {
  const folder = resolve(path);
  const keyLines = {
    shown: [`export API_KEY=${apiKey.created?.reveal()}`],
    file: ['export API_KEY="$(cat "$DATA_DIR/api-key")"'],
    noted: [],
  }[place];
  const steps = curlSteps(url).flatMap(({ lines }) => lines);
  return `
Quick start listens on ${url} and keeps its state in ${folder}

Paste these lines into another terminal, one by one or all at once:

${[`export DATA_DIR=${quoted(folder)}`, ...keyLines, ...steps].join('\n')}

${keyNote(place, quoted(resolve(apiKey.digestFile)))}Open ${url} for the same with explanations. Ctrl+C stops.
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
