import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { format } from 'prettier';

/** Between the sections of a page. */
const SECTION = /^## /m;

/** A Markdown table; the first row is its head. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The version of an installed package, or of this one as `.`. */
export function versionOf(name: string): string {
  const path = name === '.' ? 'package.json' : `node_modules/${name}/package.json`;
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** When and on what a benchmark ran, as one line. */
export function circumstances(...packages: readonly string[]): string {
  const processors = cpus();
  return [
    `Date: ${new Date().toISOString().slice(0, 10)}. nestjs-security ${versionOf('.')}`,
    ...packages,
    `Node ${process.version}`,
    `${process.platform} ${process.arch}`,
    `${processors.length} cores (${processors[0]?.model ?? 'unknown'}).`,
  ].join(', ');
}

/** How busy the machine was, as a sentence: the mean of the last minute, this process included. */
export function load(): string {
  return `Load of the machine at the end: ${loadavg()[0]?.toFixed(1) ?? 'unknown'}.`;
}

/** Shows a page of results and keeps it in `bench/results/`. */
export async function publish(name: string, page: string): Promise<void> {
  const text = await format(page, { parser: 'markdown' });
  writeFileSync(`bench/results/${name}.md`, text);
  console.log(text);
}

/**
 * As {@link publish}, for a page that several runs write, each a section of its own: sections of other titles
 * stay as they are. In the order of their titles.
 */
export async function publishSection(
  name: string,
  beginning: string,
  title: string,
  section: string,
): Promise<void> {
  const path = `bench/results/${name}.md`;
  const [, ...old] = existsSync(path) ? readFileSync(path, 'utf8').split(SECTION) : [];
  const others = old.filter((text) => !text.startsWith(`${title}\n`));
  const sections = [...others, `${title}\n\n${section}`].toSorted();
  await publish(name, [beginning, ...sections].join('\n## '));
}
