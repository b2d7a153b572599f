import { readFileSync } from 'node:fs';

const EXAMPLES = 'node_modules/@octokit/webhooks-examples/api.github.com/index.json';

/** Payloads that GitHub really sent, several for each of these events, as GitHub spells JSON. */
export function gitHubPayloads(events: readonly string[]): { event: string; payload: string }[] {
  const all = JSON.parse(readFileSync(EXAMPLES, 'utf8')) as { name: string; examples: object[] }[];
  return all
    .filter(({ name }) => events.includes(name))
    .flatMap(({ name, examples }) =>
      examples.map((example) => ({ event: name, payload: JSON.stringify(example) })),
    );
}
