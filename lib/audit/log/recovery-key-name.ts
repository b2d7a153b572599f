/** The name of the key that continues a stream whose own key was lost. It is kept off the host. */
export const RECOVERY_KEY_NAME = 'nestjs-security/audit-recovery';
