import { Module, type DynamicModule } from '@nestjs/common';
import { SecurityModule } from 'nestjs-security';
import { BillingController } from './billing/billing.controller.js';
import { SHOP_KEY } from './billing/shop-key.js';
import { OrdersController } from './orders.controller.js';
import { OWN_ORIGIN } from './own-origin.js';
import { PasswordResetsController } from './password-resets.controller.js';
import { ReportsController } from './reports.controller.js';
import type { Settings } from './settings.js';
import { ThemeController } from './theme.controller.js';

@Module({})
export class AppModule {
  /** The application, reached under an origin that is told, never taken from a request. */
  static at(origin: string, { keys, shopKey }: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [SecurityModule.forRoot({ keys, hmac: { publicOrigin: origin } })],
      controllers: [
        PasswordResetsController,
        ReportsController,
        ThemeController,
        OrdersController,
        BillingController,
      ],
      providers: [
        { provide: OWN_ORIGIN, useValue: origin },
        { provide: SHOP_KEY, useValue: { id: 'shop', key: shopKey } },
      ],
    };
  }
}
