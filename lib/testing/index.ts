export { SecurityTestingModule, type SecurityTestingOptions } from './security-testing.module.js';
export { TestingAuditLog } from './testing-audit-log.js';
export { keyRingStoreContract } from './key-ring-store.contract.js';
export {
  rotationSourceContract,
  type RotationSourceUnderTest,
} from './rotation-source.contract.js';
export { MemoryAuditSink } from './memory-audit-sink.js';
export { auditSinkContract, type AuditSinkUnderTest } from './audit-sink.contract.js';
export { auditAnchorContract, type LogUnderTest } from './audit-anchor.contract.js';
export { replayStoreContract } from './replay-store.contract.js';
export type { ContractRunner } from './contract-runner.js';
