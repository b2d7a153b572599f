/** More than a writer appends at once: a crash leaves no more behind the last line that has its end. */
export const MAX_TORN_BYTES = 8 * 1024 * 1024;
