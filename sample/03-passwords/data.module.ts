import { Module } from '@nestjs/common';
import { DataFolder } from './data-folder.js';
import { readSettings } from './settings.js';

/** Gives everybody the one {@link DataFolder}. */
@Module({
  providers: [
    {
      provide: DataFolder,
      useFactory: () => DataFolder.open(readSettings(process.env).dataFolder),
    },
  ],
  exports: [DataFolder],
})
export class DataModule {}
