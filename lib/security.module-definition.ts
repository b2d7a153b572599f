import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import type { SecurityModuleOptions } from './security.options.js';

/** What `forRoot` and `forRootAsync` take beside the options. */
export interface SecurityModuleExtras {
  /**
   * Whether the services can be injected everywhere without importing the module again.
   *
   * @default true
   */
  isGlobal?: boolean;
  /** Modules whose exports `providers` need. */
  imports?: NonNullable<DynamicModule['imports']>;
  /** Providers that take the place of this module's own: `{ provide: SecretsService, useClass: MySecrets }`. */
  providers?: Provider[];
}

const EXTRAS: Required<SecurityModuleExtras> = { isGlobal: true, imports: [], providers: [] };

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<SecurityModuleOptions>({ moduleName: 'Security' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createSecurityOptions')
    .setExtras<SecurityModuleExtras>(
      EXTRAS,
      (definition, { isGlobal = true, imports = [], providers = [] }) => ({
        ...definition,
        global: isGlobal,
        imports: [...(definition.imports ?? []), ...imports],
        providers: [...(definition.providers ?? []), ...providers],
      }),
    )
    .build();
