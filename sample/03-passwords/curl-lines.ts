const JSON_TYPE = `-H 'Content-Type: application/json'`;
/** What all accounts that come with the sample have; that of Spring's documentation is `password`. */
const DEMO_PASSWORD = 'correct horse battery staple';

/** Ready for bash or zsh. They take `$API_KEY` from the shell. */
export function curlLines(url: string): readonly string[] {
  const curl = (path: string, rest: string): string => `curl -w '\\n' "${url}${path}" ${rest}`;
  const operator = '-H "X-API-Key: $API_KEY"';
  const register = (password: string): string =>
    curl('/users', `${JSON_TYPE} -d '{"name":"'"$NAME"'","password":"${password}"}'`);
  const loginBody = (name: string, password = DEMO_PASSWORD): string =>
    `${JSON_TYPE} -d '{"name":"${name}","password":"${password}"}'`;
  const login = (name: string, password?: string): string =>
    curl('/login', loginBody(name, password));
  return [
    'NAME="ada-$RANDOM"',
    register('ada-1234'),
    register('seven green kettles whistle'),
    login(`'"$NAME"'`, 'seven green kettles whistle'),
    curl('/users/django/hash', operator),
    login('django'),
    login('django'),
    login('laravel'),
    login('spring', 'password'),
    login('md5-table'),
    curl('/users/django/hash', operator),
    curl('/users/$NAME/disable', `-X POST ${operator}`),
    login(`'"$NAME"'`, 'seven green kettles whistle'),
    login('nobody'),
    `seq 40 | xargs -P 40 -I{} curl -s -o /dev/null -w '%{http_code}\\n' "${url}/login" ${loginBody('django')} | sort | uniq -c`,
  ];
}
