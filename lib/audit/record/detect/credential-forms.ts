import { form, inAnyCase, type CredentialForm } from './credential-form.js';
import { VENDOR_KEYS } from './vendor-keys.js';

/** Credentials behind the name of their scheme, RFC 9110 §11. */
const SCHEMES: readonly CredentialForm[] = [
  {
    marks: inAnyCase('be', 'dp', 'y ', 'y\t', 'y\n', 'y\r', 'eg', 'tl'),
    pattern:
      /(?:bearer|dpop|apikey|geniekey|negotiate|ntlm)[ \t\r\n]+(?!authenti|authoriz|credential|tokens?\b|realm)[\w.~+/=-]{8,}/gi,
  },
  {
    marks: inAnyCase('ba'),
    pattern: /basic[ \t\r\n]+[\w+/-]{6,}={0,2}/gi,
    // "basic authentication" stays.
    accepts: (match) => /[\dA-Z+/=]/.test(match.slice('basic'.length)),
  },
  form('SW', /SSWS[ \t\r\n]+[\w-]{16,}/g),
  form(
    '=',
    /(?:digest|hawk|oauth|aws4-hmac-sha256|shared(?:key|keylite|accesssignature)|signature|h?mac|vapid|privatetoken)[ \t\r\n]+[\w-]{1,40}=[^\r\n]*/gi,
  ),
];

/** Tokens that carry their own structure: those of this package, JSON Web Tokens, base64 of JSON. */
const TOKENS: readonly CredentialForm[] = [
  form('yJ yA W3 wo w0', /(?:ey[JA]|W3s|ewo[giJK]|ew0K)[\w+/=-]{4,}(?:\.[\w+/=-]*)*/g, isWebToken),
  form('AA', /gAAAAA[\w-]{20,}={0,2}/g),
  form('c1 v1', /[cv]1\.[\w-]{1,32}(?:\.[\w-]*){0,2}\.[\w-]{43}(?![\w-])/g),
  form('r1', /r1\.(?:wrapped\.[\w-]*\.|[\w-]{1,32}\.)[\w-]{40,}/g),
  // A key of the ring, as its option and its environment variable spell it.
  form('x: 4: l:', /(?:hex:[0-9a-fA-F]{32,}|base64(?:url)?:[\w+/-]{22,}={0,2})/g),
  form('h: H: n: N:', /otpauth(?:-migration)?:\/\/[^\s"'<>]+/gi),
];

/** Stored password hashes: PHC strings and crypt(3), Django, Werkzeug, LDAP. */
const PASSWORD_HASHES: readonly CredentialForm[] = [
  form(
    '$',
    /\$(?:argon2(?:id|i|d)|2[abxy]?|scrypt|pbkdf2[\w-]{0,20}|pepper|bcrypt[\w-]{0,20}|apr1|sha1|md5|g?y|[1567HPS]|s[02])\$[^\s"'<>]{4,}/g,
  ),
  form(
    '$',
    /(?:(?:pbkdf2|bcrypt|unsalted)_\w{1,16}|bcrypt|argon2|scrypt|md5|sha1|(?:scrypt|pbkdf2):[\w:]{1,40})\$[^\s"'<>]{4,}/g,
  ),
  form(
    '}',
    /\{(?:s?sha\d{0,3}|s?md5|[bs]?crypt|argon2|pbkdf2[\w-]{0,20}|noop|cleartext)\}[^\s"'<>]+/gi,
  ),
];

/** Private keys as text, and the same as base64 without its frame. */
const PRIVATE_KEYS: readonly CredentialForm[] = [
  form('GI', /-{4,5} ?BEGIN [A-Z0-9 ]{1,64}-{4,5}[\s\S]*?(?:-{4,5} ?END [A-Z0-9 ]{1,64}-{4,5}|$)/g),
  form('Pu', /PuTTY-User-Key-File-[\s\S]*/g),
  form('S0 3B', /(?:LS0tLS1CRUdJTi|b3BlbnNzaC1rZXktdjE)(?:[\w+/=-]|\\[rn]|\s)*/g),
  // PKCS #1 and #8, SEC 1, encrypted PKCS #8.
  form(
    'MI MH MC',
    /M(?:HcCAQEE|IGkAgEB|IHcAgEB|I(?:GH|GT|G2|Hu)AgEA|C4CAQAw|II[\w+/]{2}[AQgw]IBA[AD]|I[\w+/]{1,6}BgkqhkiG9w0BBQ)[\w+/]{20}(?:[\w+/=]|\\[rn]|\s)*/g,
  ),
  form('-S', /AGE-SECRET-KEY-1[A-Z0-9]{16,}/g),
  form('pr', /[xyz]prv[A-Za-z0-9]{80,}/g),
];

/** Addresses that are themselves a secret, and secrets in the arguments of commands. */
const ADDRESSES: readonly CredentialForm[] = [
  {
    marks: inAnyCase('k.', 'd.', 'p.', 'e.', '/h', '/w'),
    pattern:
      /(?:hooks\.zapier\.com\/hooks\/catch|\.tines\.com\/webhook|hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks|webhook\.office\.com\/webhookb2)\/[^\s"'<>]+/gi,
  },
  // .netrc, in a line or over several.
  form(
    'sw',
    /(?<keep>\b(?:machine\s{1,20}\S{1,256}|default)\s{1,20}(?:(?:login|account)\s{1,20}\S{0,255}[^\s:,]\s{1,20}){1,2}password\s{1,20}|\bmachine\s{1,20}\S{1,256}\s{1,20}password\s{1,20}(?=\S{1,256}\s{1,20}login\s))(?:"(?:\\.|[^"\\])*"|\S+)/g,
  ),
  // Oracle takes passwords of 1,024 bytes.
  form('n:', /(?<keep>oracle:thin:[^/\s@]{1,128}\/)[^\s@]{1,1024}(?=@)/g),
  form('e=', /(?<keep>[?&#]code=)[\w.~%+/-]{16,}/g),
  form(
    '-u',
    /(?<keep>(?:^|\s)(?:-u|--user|--proxy-user)[ \t=]{0,4}["']?[^\s:"']{0,128}["']?:["']?)[^\s"']+/g,
  ),
  // Without a password, the user is the secret: `curl -u key:`.
  form('-u', /(?<keep>(?:^|\s)(?:-u|--user)[ \t=]{1,4}["']?)[^\s:"']{8,128}(?=:["']?\s|:["']?$)/g),
  form(
    '-p',
    /(?<keep>(?:sshpass[ \t]+-p ?|(?:mysql|mariadb)[\w-]{0,16}[ \t](?:[^\r\n;|&]{0,256}[ \t])?-p)["']?)[^\s"']+/g,
  ),
];

/** Every form that is looked for. Which are worth looking for in a text, `featuresOf` says. */
export const CREDENTIAL_FORMS: readonly CredentialForm[] = [
  ...SCHEMES,
  ...TOKENS,
  ...PASSWORD_HASHES,
  ...PRIVATE_KEYS,
  ...ADDRESSES,
  ...VENDOR_KEYS,
];

/** By what it holds, or at least by its length: `keyJob.title` begins like one. */
function isWebToken(match: string): boolean {
  const [head = ''] = match.split('.', 1);
  const begin = Buffer.from(head.slice(0, 128), 'base64').toString('latin1');
  if (/^(?:\[\s*)?\{\s*"[^"]{0,64}(?:"\s*:|$)/.test(begin)) return true;
  return match.length >= 24 && /\d/.test(match) && (match.includes('.') || match.length >= 40);
}
