export function isKnownButUnsupported(stored: string): boolean {
  return stored.startsWith('$');
}
