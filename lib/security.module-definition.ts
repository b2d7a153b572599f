import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  resolveSecurityOptions,
  type SecurityModuleOptions,
} from './security.options.js';

/** What `forRoot` and `forRootAsync` take beside the options. */
export interface SecurityModuleExtras {
  /**
   * Whether the services can be injected everywhere without importing the module again.
   *
   * @default true
   */
  isGlobal?: boolean;
  /**
   * Modules whose exports `providers` need.
   *
   * @default none
   */
  imports?: NonNullable<DynamicModule['imports']>;
  /**
   * Providers that take the place of this module's own.
   *
   * @default none
   * @example
   * providers: [{ provide: SecretsService, useClass: MySecrets }]
   */
  providers?: Provider[];
}

const EXTRAS: Required<SecurityModuleExtras> = { isGlobal: true, imports: [], providers: [] };

export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<SecurityModuleOptions>({ optionsInjectionToken: RESOLVED_OPTIONS })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createSecurityOptions')
    .setExtras<SecurityModuleExtras>(
      EXTRAS,
      (definition, { isGlobal = true, imports = [], providers = [] }) => ({
        ...definition,
        global: isGlobal,
        imports: [...(definition.imports ?? []), ...imports],
        providers: [...(definition.providers ?? []).map(resolving), ...providers],
      }),
    )
    .build();

/**
 * Lets the provider of the options give the checked ones. What the user wrote, with its secrets as plain
 * text, is then held by no provider, where tools that print an application would show it.
 */
function resolving(provider: Provider): Provider {
  if (typeof provider === 'function' || provider.provide !== RESOLVED_OPTIONS) return provider;
  if ('useValue' in provider) {
    const options: unknown = provider.useValue;
    return { provide: RESOLVED_OPTIONS, useFactory: () => resolveSecurityOptions(options) };
  }
  if (!('useFactory' in provider)) return provider;
  const { useFactory } = provider;
  return {
    ...provider,
    useFactory: async (...injected: unknown[]) =>
      resolveSecurityOptions(await useFactory(...injected)),
  };
}
