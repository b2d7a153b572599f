import type { StoredFormat } from './stored-hash.js';

export const FOREIGN_FORMATS: readonly StoredFormat[] = [];
