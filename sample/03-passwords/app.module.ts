import { Module } from '@nestjs/common';
import { SecurityModule, type SecurityModuleOptions } from 'nestjs-security';
import { AccountsController } from './accounts.controller.js';
import { DataFolder } from './data-folder.js';
import { DataModule } from './data.module.js';
import { UserImport } from './user-import.js';
import { UsersController } from './users.controller.js';
import { UsersStore } from './users.store.js';

@Module({
  imports: [
    DataModule,
    SecurityModule.forRootAsync({
      imports: [DataModule],
      inject: [DataFolder],
      useFactory: ({ keys, apiKey }: DataFolder): SecurityModuleOptions => ({
        keys,
        password: {
          pepper: 'keyring',
          // What comes from elsewhere has no pepper until its first login. False when all have logged in.
          acceptUnpeppered: true,
          // A wrong password for an imported account takes no less time than for any other.
          equalize: 'top-up',
          // So few that one can watch a crowd being refused; leave it out otherwise.
          admission: { maxQueued: 8 },
        },
        apiKey: { keys: [{ id: 'operator', sha256: apiKey.sha256 }] },
      }),
    }),
  ],
  controllers: [UsersController, AccountsController],
  providers: [UsersStore, UserImport],
})
export class AppModule {}
