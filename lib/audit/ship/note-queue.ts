import { checkCheckpoint } from '../anchor/checkpoint-of.js';

interface WaitingNote {
  readonly note: string;
  readonly size: number;
}

/**
 * Checkpoints that wait until the records that they cover are shipped: the first that came, which would never
 * get its turn if every newer one took its place, and the newest.
 */
export class NoteQueue {
  readonly #stream: string;
  #waiting: readonly WaitingNote[] = [];

  constructor(stream: string) {
    this.#stream = stream;
  }

  /** @throws TypeError for what is no checkpoint of the stream */
  offer(note: string): void {
    const { size } = checkCheckpoint(note, this.#stream);
    this.#waiting = [...this.#waiting.slice(0, 1), { note, size }];
  }

  /** The newest note that covers only records below this one. */
  covered(next: number): string | undefined {
    return this.#waiting.findLast(({ size }) => size <= next)?.note;
  }

  /** The note was delivered: it and what came before it wait no more. */
  delivered(note: string): void {
    const index = this.#waiting.findIndex((each) => each.note === note);
    this.#waiting = this.#waiting.slice(index + 1);
  }
}
