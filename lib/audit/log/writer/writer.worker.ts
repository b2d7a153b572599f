import { parentPort, workerData } from 'node:worker_threads';
import { systemErrorCode } from '../../../common/system-error-code.js';
import type { LogWriter } from './log-writer.js';
import { openWriter } from './open-writer.js';
import type { SentError, WriterAnswer, WriterRequest } from './writer-messages.js';
import type { WriterSetup } from './writer-setup.js';

const TICK_MS = 250;

function tell(said: WriterAnswer): void {
  parentPort?.postMessage(said, []);
}

function sent(error: unknown): SentError {
  const { name, message } = error as Error;
  return { name, message, code: systemErrorCode(error) };
}

/** Gives the answer; checkpoints that were signed on the way are told before it. */
function answerTo(writer: LogWriter, request: WriterRequest): WriterAnswer {
  try {
    if (request.ask === 'write') return { tell: 'written', result: writer.write(request.batch) };
    if (request.ask === 'checkpoint') return { tell: 'checkpoint', note: writer.checkpoint() };
    writer.close();
    return { tell: 'closed' };
  } catch (error) {
    return { tell: 'failed', error: sent(error) };
  }
}

async function run(): Promise<void> {
  const { setup, firstKey } = workerData as { setup: WriterSetup; firstKey: Uint8Array };
  const notes: string[] = [];
  const { writer, opened } = await openWriter(setup, {
    firstKey: Buffer.from(firstKey),
    onCheckpoint: (note) => notes.push(note),
  });
  const tellNotes = (): void => {
    const note = notes.at(-1);
    notes.length = 0;
    if (note !== undefined) tell({ tell: 'signed', note, state: writer.state() });
  };
  tell({ tell: 'opened', opened, state: writer.state() });
  tellNotes();
  let told = '';
  const timer = setInterval(() => {
    const { durableSeq: _, signedSize: __, ...state } = writer.tick();
    tellNotes();
    const news = JSON.stringify(state);
    if (news !== told) tell({ tell: 'state', state: writer.state() });
    told = news;
  }, TICK_MS);
  parentPort?.on('message', (request: WriterRequest) => {
    const answer = answerTo(writer, request);
    if (request.ask === 'write') {
      tell(answer);
      writer.settle();
    }
    tellNotes();
    if (request.ask !== 'write') tell(answer);
    if (request.ask !== 'close') return;
    clearInterval(timer);
    parentPort?.close();
  });
}

run().catch((error: unknown) => tell({ tell: 'not-opened', error: sent(error) }));
