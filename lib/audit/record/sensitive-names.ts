/*
 * Names of fields whose values are never written, compared in lower case without "_", "-", "." and
 * spaces, anywhere in the name: `user_password`, `X-Api-Key` and `newPassword` all match.
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

/** Tells whether a field of this name is never written. */
export function isSensitiveName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[_\-.\s]/g, '');
  return (
    SENSITIVE_NAMES.has(plain) || SENSITIVE_FRAGMENTS.some((fragment) => plain.includes(fragment))
  );
}
