import { Body, Controller, Get, Post, UseFilters, UseGuards } from '@nestjs/common';
import { BearerChallengeFilter } from './bearer-challenge.filter.js';
import { CurrentUser } from './current-user.decorator.js';
import { NotesStore, type Note } from './notes.store.js';
import { fieldsOf, textOf } from './request-body.js';
import { SessionGuard } from './session.guard.js';

const LONGEST_NOTE = 10_000;

/** The notes of whoever is logged in. */
@Controller('notes')
@UseGuards(SessionGuard)
@UseFilters(BearerChallengeFilter)
export class NotesController {
  constructor(private readonly notes: NotesStore) {}

  @Post()
  add(@CurrentUser() userId: string, @Body() body: unknown): Promise<Note> {
    const text = textOf(fieldsOf(body, ['text']), 'text', 1, LONGEST_NOTE);
    return this.notes.add(userId, text);
  }

  @Get()
  list(@CurrentUser() userId: string): Note[] {
    return this.notes.listOf(userId);
  }
}
