import { AuditError } from '../../../errors/audit.error.js';

/** A file cannot be a tile. */
export function damagedTile(path: string): AuditError {
  return damaged(`the tile ${path} is not as long as its name says`);
}

/** A link, a folder or a pipe has the name of a tile. */
export function irregularTile(path: string): AuditError {
  return damaged(`the tile ${path} is no regular file`);
}

/** Leaf hashes that should be there are not. */
export function missingTile(path: string): AuditError {
  return damaged(`the tile ${path} is missing or too short`);
}

/** A tile has other hashes than those to be written. */
export function conflictingTile(path: string): AuditError {
  return damaged(`the tile ${path} has other leaf hashes than the log`);
}

function damaged(what: string): AuditError {
  const message = `${what}: restore it from a backup; below removed segments it is the only copy of their leaf hashes, elsewhere it can be removed.`;
  return new AuditError('AUDIT_LOG_DAMAGED', message);
}
