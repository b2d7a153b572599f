/*
 * Names of fields whose values are never written, compared in Unicode NFKC and lower case without "_", "-",
 * ".", spaces and invisible characters, anywhere in the name: `user_password`, `X-Api-Key` and `newPassword`
 * all match.
 */
const SENSITIVE_FRAGMENTS = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'passcode',
  'secret',
  'token',
  'apikey',
  'accesskey',
  'privatekey',
  'signingkey',
  'encryptionkey',
  'masterkey',
  'sessionkey',
  'sessionid',
  'authorization',
  'cookie',
  'credential',
  'signature',
  'recoverycode',
  'backupcode',
  'cardnumber',
  'creditcard',
  'cvv',
  'cvc',
  'securitycode',
  'iban',
  'accountnumber',
  'ssn',
  'socialsecurity',
  'nationalid',
  'taxid',
  'passportnumber',
  'jwt',
  'mnemonic',
  'seedphrase',
];
const SENSITIVE_NAMES = new Set([
  'pass',
  'pw',
  'pin',
  'otp',
  'totp',
  'auth',
  'pan',
  'sid',
  'bearer',
  'salt',
  'pepper',
]);

/** Longer names are not searched, which would cost time, but taken for telling ones. */
const MAX_NAME = 1024;

/** Tells whether a field of this name is never written. */
export function isSensitiveName(name: string): boolean {
  if (name.length > MAX_NAME) return true;
  const plain = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[_\-.\s\p{Cf}]/gu, '');
  return (
    SENSITIVE_NAMES.has(plain) || SENSITIVE_FRAGMENTS.some((fragment) => plain.includes(fragment))
  );
}
