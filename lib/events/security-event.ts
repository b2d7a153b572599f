/** Who or what acted, by public ids only. */
export interface EventSubject {
  /** What kind of thing it is: `user`, `service`, `api-key`. */
  type: string;
  /** Its public id. Never an e-mail address or a name: give those as an {@link Identifier}. */
  id: string;
}

/**
 * Something that identifies a person, such as an e-mail address. The audit log never writes it: it
 * writes a keyed pseudonym, the same for the same value, so that records can still be found.
 */
export interface Identifier {
  /** What kind of identifier it is: `email`, `username`, `phone`. */
  type: string;
  /**
   * The identifier itself; compared after Unicode NFC, trimming and lower-casing, or as it is when it is
   * longer than 1,024 characters.
   */
  value: string;
}

/** Where a request came from. */
export interface EventOrigin {
  /** The client's address, as the framework tells it (`req.ip`). */
  ip?: string;
  /** The `User-Agent` header, at most 256 characters of it. */
  ua?: string;
}

/** Which route was asked for. */
export interface EventRoute {
  /** The HTTP method. */
  method?: string;
  /** The template of the route (`/users/:id`), never the path that was sent. */
  route?: string;
}

/**
 * What a feature reports about itself. The type has no field for a credential, a body or a raw
 * identifier, so that none can slip in.
 */
export type SecurityEvent =
  | PasswordEvent
  | OneTimePasswordEvent
  | DecryptionEvent
  | SignatureEvent
  | WebhookEvent
  | ApiKeyEvent
  | KeyringEvent
  | SuppressionEvent;

interface EventBase {
  /** The name of what happened. */
  event: string;
  /** How it ended. */
  outcome: 'success' | 'failure';
  /** Why, as one stable word. */
  reason?: string;
  /** Where the request came from, when there was one. */
  origin?: EventOrigin;
  /** Which route it asked for. */
  http?: EventRoute;
  /** How many times it happened, when several occurrences were put into one event; 1 otherwise. */
  n?: number;
}

/** A password was compared or judged, its hash was made anew, or that could not be done. */
export interface PasswordEvent extends EventBase {
  event:
    | 'password_verified'
    | 'password_refused'
    | 'password_busy'
    | 'password_rehashed'
    | 'password_rehash_failed'
    | 'password_breach_check_failed';
}

/** A one-time password was refused. */
export interface OneTimePasswordEvent extends EventBase {
  event: 'totp_refused';
}

/** A token did not decrypt. */
export interface DecryptionEvent extends EventBase {
  event: 'crypt_decrypt_fail';
  /** The ring, when it has a name. */
  target?: EventSubject;
}

/** Something signed did not verify. */
export interface SignatureEvent extends EventBase {
  event: 'signature_refused';
  /** What it was: the type is `hmac`, the id says which verb was asked. */
  target?: EventSubject;
}

/** A webhook delivery was refused. */
export interface WebhookEvent extends EventBase {
  event: 'webhook_refused';
  /** The receiver, as the options name it. */
  target: EventSubject;
}

/** An API key was used or refused. */
export interface ApiKeyEvent extends EventBase {
  event: 'api_key_used' | 'api_key_refused';
  /** The key, when it is known. */
  actor?: EventSubject;
}

/** The keys changed, could not be asked for, or took the place of others. */
export interface KeyringEvent extends EventBase {
  event:
    | 'key_added'
    | 'key_state_changed'
    | 'key_vanished'
    | 'key_removed'
    | 'key_rotation_ended'
    | 'key_refresh_failed'
    | 'key_refresh_recovered'
    | 'key_ring_stale';
  /** The key, the provider that was asked, or the source whose values were encrypted again. */
  target: EventSubject;
}

/** More events came than the budget allows; `n` of them were not delivered. */
export interface SuppressionEvent extends EventBase {
  event: 'security_events_suppressed';
}
