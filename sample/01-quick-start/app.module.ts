import { Module } from '@nestjs/common';
import { SecurityModule, type SecurityModuleOptions } from 'nestjs-security';
import { AuditController } from './audit.controller.js';
import { DataFolder } from './data-folder.js';
import { DataModule } from './data.module.js';
import { HomeController } from './home.controller.js';
import { NotesController } from './notes.controller.js';
import { NotesStore } from './notes.store.js';
import { ReportsController } from './reports.controller.js';
import { Sessions } from './sessions.js';
import { UsersController } from './users.controller.js';
import { UsersStore } from './users.store.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({
  imports: [
    DataModule,
    SecurityModule.forRootAsync({
      imports: [DataModule],
      inject: [DataFolder],
      useFactory: (data: DataFolder): SecurityModuleOptions => ({
        keys: [{ id: 'first', secret: data.appKey }],
        webhook: { receivers: { github: { secret: data.webhookSecret } } },
        apiKey: { keys: [{ id: 'quick-start', sha256: data.apiKey.sha256 }] },
        audit: { directory: data.pathOf('audit') },
      }),
    }),
  ],
  controllers: [
    HomeController,
    UsersController,
    NotesController,
    WebhooksController,
    ReportsController,
    AuditController,
  ],
  providers: [UsersStore, NotesStore, Sessions],
})
export class AppModule {}
