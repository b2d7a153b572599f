import { Module, type DynamicModule } from '@nestjs/common';
import { AuditLog } from '../audit/log/audit-log.js';
import type { SecurityModuleExtras } from '../security.module-definition.js';
import { SecurityModule } from '../security.module.js';
import type { SecurityModuleOptions } from '../security.options.js';
import { TestingAuditLog } from './testing-audit-log.js';

/** What {@link SecurityTestingModule} can be told: any option of the real module, none of them needed. */
export type SecurityTestingOptions = Partial<SecurityModuleOptions> & SecurityModuleExtras;

const TESTING_KEY = {
  id: 'testing',
  secret: 'hex:6e6f7420612073656372657420617420616c6c2c206f6e6c7920666f7220746573747321',
};
/** The cheapest parameters that Argon2 knows: a hash in well under a millisecond. */
const CHEAP_HASHING = { memoryKiB: 8, timeCost: 1, parallelism: 1 };

/**
 * The real module with fixed keys, cheap password hashing and an audit log in memory, for the tests of
 * an application. Give `clock` to fix the time.
 *
 * @example
 * const moduleRef = await Test.createTestingModule({
 *   imports: [SecurityTestingModule.forRoot(), UsersModule],
 * }).compile();
 * moduleRef.get(TestingAuditLog).events();
 */
@Module({})
export class SecurityTestingModule {
  /** Takes the options of `SecurityModule.forRoot`; what is not given is fit for tests. */
  static forRoot(options: SecurityTestingOptions = {}): DynamicModule {
    const { providers = [], ...others } = options;
    const log = [TestingAuditLog, { provide: AuditLog, useExisting: TestingAuditLog }];
    const security = SecurityModule.forRoot({
      keys: [TESTING_KEY],
      password: CHEAP_HASHING,
      ...others,
      providers: [...log, ...providers],
    });
    return { module: SecurityTestingModule, imports: [security], exports: [SecurityModule] };
  }
}
