/** One thing to try. */
export interface Step {
  readonly title: string;
  /** Ready to paste into bash or zsh, each by itself or all at once. */
  readonly lines: readonly string[];
}

const JSON_TYPE = `-H 'Content-Type: application/json'`;
const CREDENTIALS = `'{"email":"ada@example.org","password":"correct horse battery"}'`;
const SIGNATURE = `$(printf %s "$BODY" | openssl dgst -sha256 -r -hmac "$(cat "$DATA_DIR/github-webhook-secret")" | cut -d ' ' -f 1)`;

/** Everything that the sample can do. Takes `$DATA_DIR` and `$API_KEY` from the shell. */
export function curlSteps(url: string): readonly Step[] {
  const curl = (path: string): string => `curl -w '\\n' '${url}${path}'`;
  const login = `curl -s '${url}/login' ${JSON_TYPE} -d ${CREDENTIALS}`;
  return [
    { title: 'Register', lines: [`${curl('/register')} ${JSON_TYPE} -d ${CREDENTIALS}`] },
    {
      title: 'Log in, and keep the session token',
      lines: [`TOKEN="$(${login} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')"`],
    },
    {
      title: 'Write a note, which is stored encrypted, and read it back',
      lines: [
        `${curl('/notes')} -H "Authorization: Bearer $TOKEN" ${JSON_TYPE} -d '{"text":"Buy milk"}'`,
        `${curl('/notes')} -H "Authorization: Bearer $TOKEN"`,
      ],
    },
    {
      title: 'Deliver a webhook, signed as GitHub signs',
      lines: [
        `BODY='{"zen":"Keep it logically awesome."}'`,
        `${curl('/webhooks/github')} ${JSON_TYPE} -H 'X-GitHub-Event: ping' -H "X-Hub-Signature-256: sha256=${SIGNATURE}" -d "$BODY"`,
      ],
    },
    {
      title: 'Use an API key',
      lines: [`${curl('/reports')} -H "X-API-Key: $API_KEY"`],
    },
    {
      title: 'See what the audit log has of all this',
      lines: [`${curl('/audit?limit=20')} -H "X-API-Key: $API_KEY"`],
    },
  ];
}
