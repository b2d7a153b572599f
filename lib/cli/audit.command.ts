import { Command } from 'commander';
import { auditExportCommand } from './audit-export.command.js';
import { auditProveCommand } from './audit-prove.command.js';
import { auditQueryCommand } from './audit-query.command.js';
import { auditRecoveryKeyCommand } from './audit-recovery-key.command.js';
import { auditReseedCommand } from './audit-reseed.command.js';
import { auditTailCommand } from './audit-tail.command.js';
import { auditTrustCommand } from './audit-trust.command.js';
import { auditVerifyCommand } from './audit-verify.command.js';
import type { Terminal } from './terminal.js';

/** `nestjs-security audit …` */
export function auditCommand(terminal: Terminal, endsWith: (code: number) => void): Command {
  return new Command('audit')
    .description(
      'Verifies, searches and exports audit logs, and makes the files that they are verified with.',
    )
    .helpCommand(false)
    .addCommand(auditVerifyCommand(terminal, endsWith))
    .addCommand(auditTailCommand(terminal, endsWith))
    .addCommand(auditQueryCommand(terminal))
    .addCommand(auditProveCommand(terminal))
    .addCommand(auditExportCommand(terminal, endsWith))
    .addCommand(auditTrustCommand(terminal))
    .addCommand(auditRecoveryKeyCommand(terminal))
    .addCommand(auditReseedCommand(terminal));
}
