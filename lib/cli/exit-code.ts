/** How the command ends. `docs/rotation.md` lists these. */
export const EXIT_CODE = Object.freeze({
  /** Everything was done. */
  done: 0,
  /** Some rows failed, or something else went wrong on the way. */
  failed: 1,
  /** The command line, the configuration or the input cannot be used; nothing was begun. */
  usage: 2,
  /** Ctrl+C or SIGTERM stopped it before the end. */
  stopped: 130,
});
