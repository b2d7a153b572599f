import { ProgressBar } from './progress-bar.js';
import { ProgressLines } from './progress-lines.js';
import type { ProgressView } from './progress-view.js';
import type { Terminal } from './terminal.js';

/** A bar on a terminal; plain lines where there is none, or where NO_COLOR, CI or a dumb terminal ask for it. */
export function chooseProgressView(terminal: Terminal): ProgressView {
  const { stderr, env } = terminal;
  const isPlain = Boolean(env['NO_COLOR']) || Boolean(env['CI']) || env['TERM'] === 'dumb';
  return stderr.isTTY === true && !isPlain ? new ProgressBar(stderr) : new ProgressLines(terminal);
}
