/**
 * The names of the application's own events. Declare them once, and `AuditEvent.event` takes them.
 *
 * @example
 * declare module 'nestjs-security' {
 *   interface DeclaredAuditEvents {
 *     order_refunded: true;
 *   }
 * }
 */
export interface DeclaredAuditEvents {}
