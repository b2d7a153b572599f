import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type {
  INestApplication,
  ModuleMetadata,
  NestApplicationOptions,
  Provider,
  Type,
} from '@nestjs/common';
import { connect } from 'node:net';
import {
  SecurityTestingModule,
  TestingAuditLog,
  type SecurityTestingOptions,
} from 'nestjs-security/testing';

/** Every HTTP feature is tested on both. */
export const adapters = [
  { adapter: 'Express', create: () => new ExpressAdapter() },
  { adapter: 'Fastify', create: () => new FastifyAdapter() },
] as const;

/** An application that listens, and the log that hears of its verdicts. */
export interface HttpApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly log: TestingAuditLog;
}

/** What a test may say about its application. */
export interface HttpAppSettings {
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly controllers?: Type[];
  readonly providers?: Provider[];
  readonly security?: SecurityTestingOptions;
  readonly options?: NestApplicationOptions;
  /** Called before the application starts. */
  readonly configure?: (app: INestApplication) => void;
}

const running: INestApplication[] = [];

/** Starts an application on a free port; {@link stopHttp} ends it. */
export async function startHttp(
  create: (typeof adapters)[number]['create'],
  {
    imports = [],
    controllers = [],
    providers = [],
    security = {},
    options = { rawBody: true },
    configure,
  }: HttpAppSettings,
): Promise<HttpApp> {
  const module = await Test.createTestingModule({
    imports: [SecurityTestingModule.forRoot(security), ...imports],
    controllers,
    providers,
  }).compile();
  const app = module.createNestApplication(create(), { logger: false, ...options });
  running.push(app);
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), log: module.get(TestingAuditLog) };
}

/** Ends every application that the tests of a file have started; for `afterEach` or `afterAll`. */
export async function stopHttp(): Promise<void> {
  await Promise.all(running.splice(0).map((app) => app.close()));
}

/** Sends bytes as they are and gives the first line of the answer: for requests that no client would send. */
export function sendRaw(url: string, request: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('close', () => resolve(answer.split('\r\n', 1)[0] ?? ''));
    socket.on('error', reject);
    socket.setTimeout(5000, () => socket.destroy());
  });
}
