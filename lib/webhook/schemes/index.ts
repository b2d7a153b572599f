import type { WebhookScheme } from '../webhook-scheme.js';
import { github } from './github.js';

/** The schemes that are known, by name. */
export const WEBHOOK_SCHEMES: ReadonlyMap<string, WebhookScheme> = new Map(
  [github].map((scheme) => [scheme.name, scheme]),
);
