import type { WebhookScheme } from '../webhook-scheme.js';

/** GitHub: "Validating webhook deliveries" in its documentation. Neither time nor delivery id is signed. */
export const github: WebhookScheme = {
  name: 'github',
  signatureHeader: 'x-hub-signature-256',
  prefix: 'sha256=',
};
