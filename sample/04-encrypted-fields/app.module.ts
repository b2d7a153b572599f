import { Module, type DynamicModule } from '@nestjs/common';
import { FileKeyProvider, SecurityModule } from 'nestjs-security';
import { CustomersController } from './customers.controller.js';
import { CustomersService } from './customers.service.js';
import { CustomersTable } from './customers.table.js';
import type { DataFolder } from './data-folder.js';
import { LINK_SECONDS, LinksController } from './links.controller.js';
import type { Settings } from './settings.js';

@Module({
  controllers: [CustomersController, LinksController],
  providers: [CustomersService],
})
export class AppModule {
  /** The application on a data folder. */
  static on({ keys, customers }: DataFolder, { linkSeconds }: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SecurityModule.forRoot({
          keys: new FileKeyProvider({ path: keys }),
          encryption: { rings: { links: {} } },
        }),
      ],
      providers: [
        { provide: CustomersTable, useFactory: () => new CustomersTable(customers) },
        { provide: LINK_SECONDS, useValue: linkSeconds },
      ],
    };
  }
}
