import { join, resolve } from 'node:path';
import { exists, type DataFolder } from './data-folder.js';

const JSON_TYPE = `-H 'Content-Type: application/json'`;

/** What is printed when the sample listens: never a key. */
export async function greeting(url: string, { path, files }: DataFolder): Promise<string> {
  const hasKeyFile = await exists(files.apiKey);
  const keyLines = hasKeyFile ? [`export API_KEY="$(cat ${quoted(resolve(files.apiKey))})"`] : [];
  return `
Keys and codes listens on ${url} and keeps its keys in ${resolve(path)}

Paste these lines into another terminal, one by one or all at once:

${[...keyLines, ...curlLines(url)].join('\n')}

${hasKeyFile ? '' : 'API_KEY is the API key that was shown when it was made. '}To get another API key: stop, rm ${quoted(resolve(files.apiKeyDigest))}, start.
A second instance shares the keys: the same with another PORT. Ctrl+C stops.
`;
}

/** Ready for bash or zsh. They take `$API_KEY` from the shell. */
function curlLines(url: string): readonly string[] {
  const curl = (path: string, rest = ''): string => `curl -w '\\n' "${url}${path}"${rest}`;
  const json = (body: string): string => ` ${JSON_TYPE} -d ${body}`;
  const verify = curl('/verify', json(`'{"text":"Pay 10 euros","signature":"'"$SIGNATURE"'"}'`));
  const verifyCode = curl(
    '/codes/totp/verify',
    json(`'{"account":"'"$ACCOUNT"'","code":"'"$CODE"'"}'`),
  );
  const authenticator = quoted(join(import.meta.dirname, 'authenticator.js'));
  return [
    curl('/keys'),
    `SIGNATURE="$(curl -s '${url}/sign'${json(`'{"text":"Pay 10 euros"}'`)} | sed 's/.*:"\\(.*\\)".*/\\1/')"`,
    verify,
    `KEY_ID="$(curl -s '${url}/keys' | sed 's/.*primary \\([^;"]*\\).*/\\1/')"`,
    curl('/keys/$KEY_ID/revoke', ' -X POST -H "X-API-Key: $API_KEY"'),
    verify,
    'ACCOUNT="ada-$RANDOM@example.org"',
    `SETUP="$(curl -s '${url}/codes/totp'${json(`'{"account":"'"$ACCOUNT"'"}'`)})"`,
    `printf '%s\\n' "$SETUP"`,
    `CODE="$(printf '%s\\n' "$SETUP" | node ${authenticator})"`,
    verifyCode,
    verifyCode,
    curl('/codes/password'),
    curl('/codes/passphrase'),
    curl('/codes/recovery'),
  ];
}

/** As a word of a shell's command line. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
