import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { RawBody } from '../context/raw-body.js';
import { rawBodyMissing } from './raw-body-missing.js';
import { WebhookReceiverName } from './webhook-receiver-name.decorator.js';
import { WebhookVerifier } from './webhook-verifier.service.js';

/** Refuses to start an application whose webhook routes could never verify anything. */
@Injectable()
export class WebhookRouteCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly verifier: WebhookVerifier,
    private readonly rawBody: RawBody,
  ) {}

  /** @throws SecurityConfigurationError for a route without its receiver, or without raw bodies */
  onModuleInit(): void {
    const receivers = this.#receiversInUse();
    for (const name of receivers) this.verifier.receiver(name);
    if (receivers.length > 0 && this.rawBody.kept === false) throw rawBodyMissing();
  }

  #receiversInUse(): string[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      if (!metatype) return [];
      const prototype: Record<string, unknown> = metatype.prototype;
      const handlers = this.scanner.getAllMethodNames(prototype).map((name) => prototype[name]);
      return [metatype, ...handlers].flatMap((target) => {
        const name = this.reflector.get(WebhookReceiverName, target as typeof metatype);
        return name === undefined ? [] : [name];
      });
    });
  }
}
