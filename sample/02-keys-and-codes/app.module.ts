import { Module, type DynamicModule } from '@nestjs/common';
import { DirectoryKeyRingStore, SecurityModule, type SecurityModuleOptions } from 'nestjs-security';
import { CodesController } from './codes.controller.js';
import type { DataFolder } from './data-folder.js';
import { KeysController } from './keys.controller.js';
import { SignaturesController } from './signatures.controller.js';
import { TotpAccounts } from './totp-accounts.js';

@Module({
  controllers: [KeysController, SignaturesController, CodesController],
  providers: [TotpAccounts],
})
export class AppModule {
  /** The application on a data folder. */
  static on(folder: DataFolder): DynamicModule {
    return { module: AppModule, imports: [SecurityModule.forRoot(securityOptions(folder))] };
  }
}

function securityOptions({ files, isNew, apiKeySha256 }: DataFolder): SecurityModuleOptions {
  return {
    keys: {
      managed: {
        store: new DirectoryKeyRingStore(files.ring),
        rootKey: `file:${files.rootKey}`,
        // A ring that was lost is never taken for one that was not made yet.
        create: isNew,
        localCopy: files.ringCopy,
        // So short that one can watch a second instance hear of a revoked key; leave it out otherwise.
        refreshSeconds: 3,
      },
    },
    totp: { issuer: 'Keys and codes' },
    apiKey: { keys: [{ id: 'key-keeper', sha256: apiKeySha256 }] },
  };
}
