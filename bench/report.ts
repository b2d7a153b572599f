import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { format } from 'prettier';

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

/** Shows a page of results and keeps it in `bench/results/`. */
export async function publish(name: string, page: string): Promise<void> {
  const text = await format(page, { parser: 'markdown' });
  writeFileSync(`bench/results/${name}.md`, text);
  console.log(text);
}
