import { auditSinkContract, MemoryAuditSink } from 'nestjs-security/testing';

describe('MemoryAuditSink is', () => {
  auditSinkContract({ describe, it }, () => {
    const sink = new MemoryAuditSink();
    return { sink, held: async (stream) => sink.records(stream) };
  });
});
