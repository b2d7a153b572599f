import { Injectable } from '@nestjs/common';
import { SecretsService } from 'nestjs-security';
import { createHash } from 'node:crypto';

/** How long a login lasts. */
export const SESSION_SECONDS = 3600;
const MAX_SESSIONS = 1000;

interface Session {
  readonly userId: string;
  readonly endsAt: number;
}

/**
 * Who is logged in, in memory only. Keeps the digests of the tokens, not the tokens: whoever reads the
 * memory of this process still cannot log in with what is here.
 */
@Injectable()
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  constructor(private readonly secrets: SecretsService) {}

  /** @returns the token of a new session; when there are too many, the oldest one ends */
  begin(userId: string): string {
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size >= MAX_SESSIONS) this.#sessions.delete(oldest);
    const token = this.secrets.tokenUrlsafe();
    const endsAt = performance.now() + SESSION_SECONDS * 1000;
    this.#sessions.set(digestOf(token), { userId, endsAt });
    return token;
  }

  /** The id of the user to whom a token was given, while the session lasts. */
  userOf(token: string): string | undefined {
    const digest = digestOf(token);
    const session = this.#sessions.get(digest);
    if (!session) return undefined;
    if (session.endsAt > performance.now()) return session.userId;
    this.#sessions.delete(digest);
    return undefined;
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
