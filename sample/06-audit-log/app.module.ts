import { Module, type DynamicModule } from '@nestjs/common';
import { DirectoryAuditAnchor, FileKeyProvider, SecurityModule } from 'nestjs-security';
import { createHash } from 'node:crypto';
import { ADMIN_TOKEN, type AuthenticatedRequest } from './admin.guard.js';
import { AuditController } from './audit.controller.js';
import type { DataFolder } from './data-folder.js';
import { ExportsController } from './exports.controller.js';
import { HealthController } from './health.controller.js';
import { LoginsController } from './logins.controller.js';
import { PersonalDataController } from './personal-data.controller.js';
import type { Settings } from './settings.js';
import { UsersController } from './users.controller.js';
import { UsersStore } from './users.store.js';

@Module({
  controllers: [
    UsersController,
    PersonalDataController,
    LoginsController,
    ExportsController,
    AuditController,
    HealthController,
  ],
  providers: [UsersStore],
})
export class AppModule {
  /** The application on a data folder. */
  static on({ keys, audit }: DataFolder, settings: Settings): DynamicModule {
    const sha256 = createHash('sha256').update(settings.apiKey).digest('hex');
    return {
      module: AppModule,
      imports: [
        SecurityModule.forRoot({
          keys: new FileKeyProvider({ path: keys }),
          apiKey: { keys: [{ id: 'auditor', sha256 }] },
          audit: {
            directory: audit,
            anchors: [new DirectoryAuditAnchor(settings.anchorFolder)],
            retention: { days: 400 },
            app: { name: 'audit-sample' },
            // Who calls a handler under @Audit(), from what the guard left on the request.
            actor: (context) => {
              const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
              return user && { type: 'user', id: user.id };
            },
          },
        }),
      ],
      providers: [{ provide: ADMIN_TOKEN, useValue: settings.adminToken }],
    };
  }
}
