import type { Worker } from 'node:worker_threads';
import { AuditError } from '../../../errors/audit.error.js';
import type { SecurityErrorCode } from '../../../errors/error-codes.js';
import type { SentError, WriterAnswer, WriterRequest } from './writer-messages.js';
import type { WriterBatch, WriterOpened, WriterResult, WriterSetup } from './writer-setup.js';
import type { Writer, WriterListener } from './writer.js';

interface Pending {
  resolve(answer: WriterAnswer): void;
  reject(error: Error): void;
}

/**
 * Writes in a thread of its own: a write that waits for the disk neither holds the event loop nor stands
 * behind the process's other work in the queue of libuv.
 */
export class ThreadWriter implements Writer {
  readonly #worker: Worker;
  readonly #listener: WriterListener;
  #opened: WriterOpened | undefined;
  #pending: Pending | undefined;
  #isDead = false;

  private constructor(worker: Worker, listener: WriterListener) {
    this.#worker = worker;
    this.#listener = listener;
    worker.on('message', (answer: WriterAnswer) => this.#hear(answer));
    worker.once('error', (error) => this.#died(String(error)));
    worker.once('exit', (code) => this.#died(`exit ${code}`));
  }

  /**
   * @throws AuditError when the stream cannot be opened; any other error when the thread cannot be started
   */
  static async open(
    setup: WriterSetup,
    firstKey: Buffer,
    listener: WriterListener,
  ): Promise<ThreadWriter> {
    const writer = new ThreadWriter(await ThreadWriter.launch({ setup, firstKey }), listener);
    const answer = await writer.#wait();
    if (answer.tell === 'opened') return writer;
    await writer.#worker.terminate();
    throw answer.tell === 'not-opened' ? notOpened(answer.error) : unexpected(answer);
  }

  /** Starts a thread. */
  static async launch(data: unknown): Promise<Worker> {
    const { launchWriter } = await import('./launch-writer.js');
    return launchWriter(data);
  }

  get opened(): WriterOpened {
    if (!this.#opened) throw new TypeError('the writer is not open');
    return this.#opened;
  }

  async write(batch: WriterBatch): Promise<WriterResult> {
    const answer = await this.#ask({ ask: 'write', batch });
    if (answer.tell === 'written') return answer.result;
    throw unexpected(answer);
  }

  async checkpoint(): Promise<string> {
    const answer = await this.#ask({ ask: 'checkpoint' });
    if (answer.tell === 'checkpoint') return answer.note;
    throw unexpected(answer);
  }

  async abandon(): Promise<void> {
    await this.#worker.terminate();
  }

  async close(): Promise<void> {
    const answer = await this.#ask({ ask: 'close' });
    if (answer.tell !== 'closed') throw unexpected(answer);
  }

  #ask(request: WriterRequest): Promise<WriterAnswer> {
    this.#worker.postMessage(request, []);
    return this.#wait();
  }

  /** While an answer is awaited the thread keeps the process alive; an idle one does not. */
  #wait(): Promise<WriterAnswer> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#worker.ref();
    });
  }

  #hear(answer: WriterAnswer): void {
    if (answer.tell === 'signed') this.#listener.onCheckpoint(answer.note);
    if (answer.tell === 'signed' || answer.tell === 'state') {
      this.#listener.onState(answer.state);
      return;
    }
    if (answer.tell === 'opened') {
      this.#opened = answer.opened;
      this.#listener.onState(answer.state);
    }
    const pending = this.#pending;
    this.#pending = undefined;
    this.#worker.unref();
    pending?.resolve(answer);
  }

  #died(reason: string): void {
    if (this.#isDead) return;
    this.#isDead = true;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(new WriterDied(reason));
    if (this.#opened) this.#listener.onDeath(reason);
  }
}

/** The thread ended before it answered. */
export class WriterDied extends Error {
  constructor(reason: string) {
    super(`the writer thread of the audit log ended: ${reason}`);
    this.name = 'WriterDied';
  }
}

/** The thread is there, and could not open the stream. */
export class NotOpened extends Error {
  /** The code of the system's error. */
  readonly code: string | undefined;

  constructor({ message, code }: SentError) {
    super(message);
    this.name = 'NotOpened';
    this.code = code;
  }
}

function notOpened(error: SentError): Error {
  return error.name === 'AuditError' ? received(error) : new NotOpened(error);
}

function received({ name, message, code }: SentError): Error {
  if (name === 'AuditError') return new AuditError(code as SecurityErrorCode, message);
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

function unexpected(answer: WriterAnswer): Error {
  return answer.tell === 'failed' ? received(answer.error) : new Error('the writer is confused');
}
