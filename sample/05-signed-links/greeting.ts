/** What is printed when the sample listens. */
export function greeting(url: string): string {
  return `
Signed links listens on ${url}

Paste these lines into another terminal, one by one or all at once:

${curlLines(url).join('\n')}

Ctrl+C stops.
`;
}

/** Ready for bash or zsh. */
function curlLines(url: string): readonly string[] {
  const curl = (path: string, rest = ''): string => `curl -w '\\n' "${url}${path}"${rest}`;
  const json = (body: string): string => ` -H 'Content-Type: application/json' -d ${body}`;
  const confirm = json(`'{"password":"a new password","token":"'"$TOKEN"'"}'`);
  const part = `sed 's/.*":"\\([^"]*\\)".*/\\1/'`;
  return [
    `TOKEN="$(curl -s '${url}/password-resets'${json(`'{"account":"ada"}'`)} | ${part})"`,
    curl('/password-resets/confirm', confirm),
    curl('/password-resets/confirm', confirm),
    `LINK="$(curl -s '${url}/reports/2026-11/link' | ${part})"`,
    curl('$LINK'),
    curl('$LINK&as=admin'),
    `COOKIE="$(curl -s -D - -o /dev/null -X PUT '${url}/theme/dark' | sed -n 's/^[Ss]et-[Cc]ookie: \\([^;]*\\).*/\\1/p')"`,
    curl('/theme', ' -b "$COOKIE"'),
    curl('/theme', ` -b 'theme=dark'`),
    curl('/orders', json(`'{"order":"A-17"}'`)),
    curl('/billing/invoices', json(`'{"order":"A-17"}'`)),
  ];
}
