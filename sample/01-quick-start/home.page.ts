import { createHash } from 'node:crypto';
import { curlSteps } from './curl-lines.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --dim: #5b6579; --paper: #fbfaf7; --card: #fff; --line: #e4e1d9; --red: #d6214a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --dim: #9aa3b5; --paper: #14171e; --card: #1c212b; --line: #2e3542; --red: #ff5c7e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; letter-spacing: -0.02em; }
h1 span { color: var(--red); }
header p { margin: 0.75rem 0 2rem; color: var(--dim); }
ol { margin: 0; padding: 0; list-style: none; counter-reset: step; }
li { margin: 1rem 0; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; counter-increment: step; }
h2 { margin: 0 0 0.5rem; font-size: 1rem; }
h2::before { content: counter(step) ". "; color: var(--red); }
pre { margin: 0.5rem 0 0; overflow-x: auto; user-select: all; cursor: pointer; white-space: pre-wrap; overflow-wrap: anywhere; font: 0.8125rem/1.6 ui-monospace, Menlo, Consolas, monospace; }
footer { margin-top: 2rem; color: var(--dim); font-size: 0.875rem; }
pre span { white-space: nowrap; }
code { font: 0.9em ui-monospace, Menlo, Consolas, monospace; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Allows this one style sheet and an icon without a request; no scripts, frames, forms or anything else. */
export const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The page that shows what can be tried, at an address of this sample. */
export function homePage(url: string): string {
  const steps = curlSteps(url).map(({ title, lines }) => {
    const commands = lines.map((line) => `<pre>${unbroken(escaped(line))}</pre>`).join('\n');
    return `<li><h2>${escaped(title)}</h2>\n${commands}</li>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quick start · nestjs-security</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1><span>nestjs-security</span> quick start</h1>
<p>Set <code>$DATA_DIR</code> and <code>$API_KEY</code> as the terminal shows where the sample was started. Then try these; a click selects a whole command.</p>
</header>
<ol>
${steps.join('\n')}
</ol>
<footer>All state is in <code>$DATA_DIR</code>: stop the sample and delete that folder to begin anew.</footer>
</main>
</body>
</html>
`;
}

/** Keeps browsers from breaking a line between the dash of an option and its letter. */
function unbroken(html: string): string {
  return html.replace(/ (-\w) /g, ' <span>$1</span> ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
