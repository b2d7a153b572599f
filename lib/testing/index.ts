export { SecurityTestingModule, type SecurityTestingOptions } from './security-testing.module.js';
export { TestingAuditLog } from './testing-audit-log.js';
