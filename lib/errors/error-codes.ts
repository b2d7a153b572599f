/**
 * Every code that a {@link SecurityError} of this package can carry. Codes are stable: they are never
 * renamed or reused. `docs/errors.md` says what each means and how to mend it.
 *
 * @example
 * if (error instanceof SecurityError && error.code === 'ENC_TOKEN_EXPIRED') askForANewLink();
 */
export type SecurityErrorCode =
  | 'APIKEY_NOT_CONFIGURED'
  | 'AUDIT_CLOSED'
  | 'AUDIT_DIRECTORY_UNUSABLE'
  | 'AUDIT_EVENT_INVALID'
  | 'AUDIT_LOG_DAMAGED'
  | 'AUDIT_NOT_CONFIGURED'
  | 'AUDIT_QUEUE_FULL'
  | 'AUDIT_WRITE_FAILED'
  | 'CONFIG_INVALID'
  | 'CONFIG_OPTIONS_MISSING'
  | 'CONFIG_REGISTERED_TWICE'
  | 'ENC_PLAINTEXT_TOO_LARGE'
  | 'ENC_TEXT_ILL_FORMED'
  | 'ENC_TOKEN_EXPIRED'
  | 'ENC_TOKEN_INVALID'
  | 'KDF_ALGORITHM_UNKNOWN'
  | 'KDF_BACKEND_UNAVAILABLE'
  | 'KDF_ENCODED_INVALID'
  | 'KDF_INFO_INVALID'
  | 'KDF_LENGTH_INVALID'
  | 'KDF_PARAMETERS_INVALID'
  | 'KDF_PASSPHRASE_UNUSABLE'
  | 'KDF_SALT_INVALID'
  | 'KEY_DOCUMENT_INVALID'
  | 'KEY_ID_REUSED'
  | 'KEY_PROVIDER_FAILED'
  | 'KEY_RING_MISSING'
  | 'KEY_RING_NOT_MANAGED'
  | 'KEY_RING_ROLLED_BACK'
  | 'KEY_RING_STALE'
  | 'KEY_RING_UNREADABLE'
  | 'KEY_UNKNOWN'
  | 'PWD_BACKEND_UNAVAILABLE'
  | 'PWD_UNUSABLE'
  | 'WEBHOOK_RAW_BODY_MISSING'
  | 'WEBHOOK_RECEIVER_UNKNOWN';
