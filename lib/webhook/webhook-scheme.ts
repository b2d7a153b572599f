/** How a provider signs: the facts, without any code. */
export interface WebhookScheme {
  /** The name under which options refer to it. */
  readonly name: string;
  /** The header that carries the signature, in lower case. */
  readonly signatureHeader: string;
  /** What stands before the lower-case hexadecimal HMAC-SHA256 of the raw body. */
  readonly prefix: string;
}
