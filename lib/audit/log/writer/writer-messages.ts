import type { WriterBatch, WriterOpened, WriterResult, WriterState } from './writer-setup.js';

/** What the writer thread is asked. */
export type WriterRequest =
  | { readonly ask: 'write'; readonly batch: WriterBatch }
  | { readonly ask: 'checkpoint' }
  | { readonly ask: 'close' };

/** An error as it crosses between threads. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** What it tells; requests are answered in order. */
export type WriterAnswer =
  | { readonly tell: 'opened'; readonly opened: WriterOpened; readonly state: WriterState }
  | { readonly tell: 'not-opened'; readonly error: SentError }
  | { readonly tell: 'written'; readonly result: WriterResult }
  | { readonly tell: 'signed'; readonly note: string; readonly state: WriterState }
  | { readonly tell: 'state'; readonly state: WriterState }
  | { readonly tell: 'checkpoint'; readonly note: string }
  | { readonly tell: 'failed'; readonly error: SentError }
  | { readonly tell: 'closed' };
