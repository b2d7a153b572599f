import { Injectable, Module } from '@nestjs/common';
import {
  ApiKeyGuard,
  ReplayStore,
  SecurityError,
  SecurityModule,
  SignedUrlGuard,
  securityConfig,
  timingSafeEqual,
  type AuditSink,
  type SecurityErrorCode,
  type SecurityModuleOptions,
  type SecurityOptionsFactory,
} from 'nestjs-security';
import { PostgresAuditSink, sqlClientOf, type PgPool } from 'nestjs-security/postgres';
import { RedisReplayStore, type RedisClient } from 'nestjs-security/redis';
import { SecurityTestingModule, TestingAuditLog } from 'nestjs-security/testing';

/** Compiled and never run: what users write, which has to have types in every way to resolve modules. */
@Injectable()
export class Options implements SecurityOptionsFactory {
  createSecurityOptions(): SecurityModuleOptions {
    return { keys: [{ id: 'one', secret: process.env['APP_KEY'] ?? '' }] };
  }
}

@Module({ imports: [SecurityModule.forRootAsync({ useClass: Options, isGlobal: false })] })
export class WithClass {}

@Module({ imports: [SecurityModule.forRootAsync(securityConfig.asProvider())] })
export class WithEnvironment {}

@Module({ imports: [SecurityTestingModule.forRoot({ clock: () => 0 })] })
export class WithTesting {}

@Injectable()
export class OwnGuard extends ApiKeyGuard {}

@Injectable()
export class OwnUrlGuard extends SignedUrlGuard {}

export const storeOf = (client: RedisClient): ReplayStore => new RedisReplayStore({ client });

export const sinkOf = (pool: PgPool): AuditSink =>
  new PostgresAuditSink({ client: sqlClientOf(pool) });

export function codeOf(error: unknown): SecurityErrorCode | undefined {
  return error instanceof SecurityError ? error.code : undefined;
}

export const eventsOf = (log: TestingAuditLog): string[] => log.events();
export const equal: boolean = timingSafeEqual('a', 'b');

// @ts-expect-error the options have types: a misspelt one does not compile
SecurityModule.forRoot({ keys: [], pasword: {} });
