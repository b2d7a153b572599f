import { NestFactory } from '@nestjs/core';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import winston from 'winston';
import { AuditService } from '../lib/audit/audit.service.js';
import { AuditLog } from '../lib/audit/log/audit-log.js';
import { recordBody } from '../lib/audit/record/audit-record.js';
import { SecurityModule } from '../lib/security.module.js';
import { typicalEvent } from './audit-event.js';
import type { Recorder, Recording } from './audit-window.js';

const POSTGRES = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
const CONNECTIONS = 16;
const LINE_BYTES = 600;
const READY_CALLERS = 256;
const PSEUDONYM = 'p1.now.Zx8TqYbQ2m0sVw4LkR1nUa';

/** This package, as an application uses it: redacted, chained, signed, on the disk when the call resolves. */
export async function ours(folder: string, callers: readonly number[]): Promise<Recording> {
  const keys = [{ id: 'now', secret: randomBytes(32).toString('base64url') }];
  const audit = { directory: join(folder, 'log') };
  const options = SecurityModule.forRoot({ keys, audit });
  const app = await NestFactory.createApplicationContext(options, { logger: false });
  const [service, log] = [app.get(AuditService), app.get(AuditLog, { strict: false })];
  const recorders = callers.map((count): Recorder => ({
    name: '`AuditService.record`',
    callers: count,
    record: (event) => service.record(event),
    rest: () => log.checkpoint(),
  }));
  const ready = recordBody(typicalEvent(0), {
    time: new Date().toISOString(),
    pseudonymOf: () => PSEUDONYM,
  });
  const logAlone = (count: number): Recorder => ({
    name: '`AuditLog.append` of ready text',
    callers: count,
    record: () => log.append(ready, 'warn'),
    rest: () => log.checkpoint(),
  });
  const alone = callers.filter((count) => count === READY_CALLERS).map(logAlone);
  return { recorders: [...recorders, ...alone], close: () => app.close() };
}

/** The least that a durable log can do: one line, one `fdatasync`, one at a time, in this thread. */
export function floor(folder: string): Recording {
  const fd = openSync(join(folder, 'floor.jsonl'), 'a');
  const line = Buffer.from(`${'x'.repeat(LINE_BYTES)}\n`);
  const record = (): void => {
    writeSync(fd, line);
    fdatasyncSync(fd);
  };
  const name = 'bare `write` and `fdatasync`';
  return { recorders: [{ name, callers: 1, record }], close: async () => closeSync(fd) };
}

export function pinoAsync(folder: string): Recording {
  const dest = join(folder, 'pino-async.jsonl');
  const destination = pino.destination({ dest, sync: false, minLength: 4096 });
  const logger = pino(destination);
  const settle = (): Promise<void> =>
    new Promise((resolve, reject) =>
      destination.flush((error) => (error ? reject(error) : resolve())),
    );
  const recorder: Recorder = {
    name: 'pino, async',
    callers: undefined,
    record: (event) => logger.warn(event),
    settle,
  };
  return { recorders: [recorder], close: async () => destination.end() };
}

export function pinoSync(folder: string): Recording {
  const destination = pino.destination({ dest: join(folder, 'pino-sync.jsonl'), sync: true });
  const logger = pino(destination);
  const recorder: Recorder = {
    name: 'pino, sync',
    callers: undefined,
    record: (event) => logger.warn(event),
  };
  return { recorders: [recorder], close: async () => destination.end() };
}

export function winstonFile(folder: string): Recording {
  const transport = new winston.transports.File({ filename: join(folder, 'winston.jsonl') });
  const format = winston.format.combine(winston.format.timestamp(), winston.format.json());
  const logger = winston.createLogger({ format, transports: [transport] });
  const count = { begun: 0, done: 0 };
  transport.on('logged', () => {
    count.done += 1;
  });
  const recorder: Recorder = {
    name: 'winston, file',
    callers: undefined,
    record: ({ level, ...event }) => {
      count.begun += 1;
      logger.warn({ message: event.event, severity: level, ...event });
    },
    settle: async () => {
      while (count.done < count.begun) await once(transport, 'logged');
    },
  };
  return { recorders: [recorder], close: async () => logger.end() };
}

/** One prepared INSERT an event, committed when the call resolves. Without a server, nothing. */
export async function postgres(callers: readonly number[]): Promise<Recording | undefined> {
  const pool = new pg.Pool({ connectionString: POSTGRES, max: CONNECTIONS });
  const name = `audit_bench_${randomBytes(6).toString('hex')}`;
  try {
    await pool.query(`CREATE TABLE ${name} (id bigserial PRIMARY KEY, event jsonb NOT NULL)`);
  } catch {
    await pool.end();
    return undefined;
  }
  const text = `INSERT INTO ${name} (event) VALUES ($1)`;
  const recorders = callers.map((count): Recorder => ({
    name: 'PostgreSQL, one INSERT each',
    callers: count,
    record: (event) => pool.query({ name, text, values: [JSON.stringify(event)] }),
  }));
  const close = async (): Promise<void> => {
    await pool.query(`DROP TABLE ${name}`);
    await pool.end();
  };
  return { recorders, close };
}

/**
 * What one would write without a thread: events as JSON text, those that wait together, by `fs/promises`.
 * Its writes stand in the queue of libuv's threads.
 */
export async function onTheThreadPool(
  folder: string,
  callers: readonly number[],
): Promise<Recording> {
  const file = await open(join(folder, 'pool.jsonl'), 'a');
  const log = new PooledLog(file);
  const recorders = callers.map((count): Recorder => ({
    name: '`fs/promises`',
    callers: count,
    record: (event) => log.append(`${JSON.stringify(event)}\n`),
  }));
  return { recorders, close: () => file.close() };
}

class PooledLog {
  readonly #file: FileHandle;
  #waiting: { readonly line: string; readonly resolve: () => void }[] = [];
  #isWriting = false;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, resolve });
      if (!this.#isWriting) this.#write().catch(reject);
    });
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    await setImmediate();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#file.appendFile(batch.map(({ line }) => line).join(''));
      await this.#file.datasync();
      for (const { resolve } of batch) resolve();
    }
    this.#isWriting = false;
  }
}
