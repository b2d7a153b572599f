import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiKeyGuard, CurrentApiKey, type VerifiedApiKey } from 'nestjs-security';
import { NotesStore } from './notes.store.js';
import { UsersStore } from './users.store.js';

/** What another program may ask for, with an API key. */
@Controller('reports')
@UseGuards(ApiKeyGuard)
export class ReportsController {
  constructor(
    private readonly users: UsersStore,
    private readonly notes: NotesStore,
  ) {}

  @Get()
  report(@CurrentApiKey() apiKey: VerifiedApiKey): {
    apiKey: string;
    users: number;
    notes: number;
  } {
    return { apiKey: apiKey.id, users: this.users.count, notes: this.notes.count };
  }
}
