import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../common/system-error-code.js';
import { replaceDurably } from '../../keyring/durable-file.js';
import { readRegular } from '../log/read/regular-file.js';
import type { SinkMark } from './audit-sink.js';

/** Behind this, an acknowledged record may be sent again after a crash. */
const SAVE_INTERVAL_MS = 250;
const MAX_BYTES = 256;
const OFFSET = /^\{"v":1,"seq":(0|[1-9]\d{0,15}),"leafHash":"([0-9a-f]{64})"\}\n$/;
const FILE = /^([a-z0-9_-]{1,64})\.json$/;

/** Remembers, in a file of the stream's folder, which record a sink has acknowledged last. */
export class OffsetFile {
  readonly #folder: string;
  readonly #path: string;
  #unsaved: SinkMark | undefined;
  #saved: SinkMark | undefined;
  #savedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();

  /** @param folder the folder of the stream */
  constructor(folder: string, sink: string) {
    this.#folder = join(folder, 'sinks');
    this.#path = join(this.#folder, `${sink}.json`);
  }

  /** What the disk has, of what was remembered since the start. */
  get saved(): SinkMark | undefined {
    return this.#saved;
  }

  /** @returns `undefined` when nothing is remembered, or nothing that can be read as an offset */
  async read(): Promise<SinkMark | undefined> {
    this.#saved = await readOffset(this.#path);
    return this.#saved;
  }

  /** Saves at once, or within a quarter of a second when something was saved just now. */
  async remember(mark: SinkMark): Promise<void> {
    this.#unsaved = mark;
    if (performance.now() - this.#savedAt >= SAVE_INTERVAL_MS) return this.save();
    // What fails here is tried again with the next record, and told then.
    this.#timer ??= setTimeout(
      () => void this.save().catch(() => undefined),
      SAVE_INTERVAL_MS,
    ).unref();
  }

  /** Saves what is not saved yet. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const save = (): Promise<void> => this.#saveNow();
    this.#saving = this.#saving.then(save, save);
    return this.#saving;
  }

  async #saveNow(): Promise<void> {
    const mark = this.#unsaved;
    if (!mark) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const { seq, leafHash } = mark;
    await replaceDurably(this.#path, `{"v":1,"seq":${seq},"leafHash":"${leafHash}"}\n`);
    this.#saved = mark;
    this.#savedAt = performance.now();
    if (this.#unsaved === mark) this.#unsaved = undefined;
  }
}

/** What a stream's folder remembers of each sink, of those that are not used any more, too. */
export async function readOffsets(
  folder: string,
): Promise<{ sink: string; mark: SinkMark | undefined }[]> {
  const names = await namesIn(join(folder, 'sinks'));
  const sinks = names.flatMap((name) => FILE.exec(name)?.[1] ?? []);
  return Promise.all(
    sinks.map(async (sink) => ({
      sink,
      mark: await readOffset(join(folder, 'sinks', `${sink}.json`)),
    })),
  );
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readOffset(path: string): Promise<SinkMark | undefined> {
  const bytes = await readRegular(path, MAX_BYTES);
  const text = typeof bytes === 'string' ? '' : bytes.toString('latin1');
  const [, seq, leafHash] = OFFSET.exec(text) ?? [];
  const place = Number(seq);
  return leafHash !== undefined && Number.isSafeInteger(place)
    ? { seq: place, leafHash }
    : undefined;
}
