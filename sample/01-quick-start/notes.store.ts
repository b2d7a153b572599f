import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EncryptionService } from 'nestjs-security';
import { randomUUID } from 'node:crypto';
import { DataFolder } from './data-folder.js';
import { JsonFile } from './json-file.js';

/** What somebody wrote down. */
export interface Note {
  readonly id: string;
  readonly text: string;
}

interface StoredNote {
  readonly id: string;
  readonly userId: string;
  /** The text, encrypted: a Fernet token. */
  readonly sealedText: string;
}

/** Keeps the notes of all users, encrypted. */
@Injectable()
export class NotesStore implements OnModuleInit {
  readonly #file: JsonFile<StoredNote>;
  readonly #notes = new Map<string, StoredNote>();

  constructor(
    data: DataFolder,
    private readonly encryption: EncryptionService,
  ) {
    this.#file = new JsonFile(data.pathOf(DataFolder.notes), isStoredNote);
  }

  async onModuleInit(): Promise<void> {
    for (const note of await this.#file.read()) this.#notes.set(note.id, note);
  }

  get count(): number {
    return this.#notes.size;
  }

  /** Resolves when the note is on the disk. */
  async add(userId: string, text: string): Promise<Note> {
    const note = { id: randomUUID(), userId, sealedText: this.encryption.encrypt(text) };
    this.#notes.set(note.id, note);
    try {
      await this.#file.write(() => [...this.#notes.values()]);
    } catch (error) {
      this.#notes.delete(note.id);
      throw error;
    }
    return { id: note.id, text };
  }

  listOf(userId: string): Note[] {
    return [...this.#notes.values()]
      .filter((note) => note.userId === userId)
      .map(({ id, sealedText }) => ({ id, text: this.encryption.decryptToString(sealedText) }));
  }
}

function isStoredNote(value: unknown): value is StoredNote {
  const { id, userId, sealedText }: Partial<Record<string, unknown>> = Object(value);
  return [id, userId, sealedText].every((field) => typeof field === 'string');
}
