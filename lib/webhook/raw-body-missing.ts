import { SecurityConfigurationError } from '../errors/security-configuration.error.js';

/** The bytes of a webhook's body are gone, so that no signature over them can be verified. */
export function rawBodyMissing(): SecurityConfigurationError {
  const message =
    'is not set, and @VerifyWebhook() needs the body as it was sent: NestFactory.create(AppModule, { rawBody: true }).';
  return new SecurityConfigurationError('WEBHOOK_RAW_BODY_MISSING', [
    { option: 'rawBody: true', message },
  ]);
}
