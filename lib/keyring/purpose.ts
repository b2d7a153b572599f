/**
 * What a derived key is for. Each purpose has its own key, so that what one feature signs can never be
 * taken for what another signed.
 */
export type KeyPurpose =
  | 'password-pepper'
  | 'fernet'
  | 'hmac-sign'
  | 'hmac-token'
  | 'hmac-url'
  | 'hmac-cookie'
  | 'apikey-digest'
  | 'apikey-seal'
  | 'audit-pseudonym'
  | 'replay'
  /** Of a root key, never of a key of the ring. */
  | 'managed-ring';
