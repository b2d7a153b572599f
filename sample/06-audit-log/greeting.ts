import { resolve } from 'node:path';
import type { DataFolder } from './data-folder.js';
import type { Settings } from './settings.js';

/** What is printed when the sample listens. */
export function greeting(url: string, { audit }: DataFolder, settings: Settings): string {
  return `
Audit log listens on ${url}
It writes to ${resolve(audit)}
and publishes checkpoints to ${resolve(settings.anchorFolder)}

Paste these lines into another terminal, one by one or all at once:

${curlLines(url, settings).join('\n')}

Then go on with sample/06-audit-log/README.md. Ctrl+C stops.
`;
}

/** Ready for bash or zsh. */
function curlLines(url: string, { adminToken, apiKey }: Settings): readonly string[] {
  const curl = (path: string, rest = ''): string => `curl -w '\\n' '${url}${path}'${rest}`;
  const json = (body: string): string => ` -H 'Content-Type: application/json' -d '${body}'`;
  const auditor = ' -H "X-API-Key: $API_KEY"';
  const admin = ' -H "Authorization: Bearer $ADMIN"';
  const credentials = (password: string): string =>
    json(`{"email":"ada@example.com","password":"${password}"}`);
  return [
    `ADMIN=${adminToken}`,
    `API_KEY=${apiKey}`,
    curl('/users', admin + credentials('correct horse')),
    curl('/login', credentials('wrong')),
    curl('/login', credentials('correct horse')),
    curl('/exports', `${admin} -X POST`),
    curl('/users/1/address', `${admin} -X PUT${json('{"address":"12 Elm Street"}')}`),
    curl('/audit/users/1', auditor),
    curl('/users/1/personal-data', `${admin} -X DELETE`),
    curl('/audit/users/1', auditor),
    curl('/users/1', `${admin} -X DELETE`),
    curl('/audit?limit=10', auditor),
    curl('/health'),
  ];
}
