import { Reflector } from '@nestjs/core';

/**
 * Marks a route with the name of the receiver whose deliveries it takes.
 *
 * @internal
 */
export const WebhookReceiverName = Reflector.createDecorator<string>();
