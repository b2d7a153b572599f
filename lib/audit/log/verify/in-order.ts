/**
 * Works on several items at a time and gives the results in the order of the items.
 *
 * @param width how many are worked on at a time, at least 1
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [Item, Result]> {
  const running: { readonly item: Item; readonly result: Promise<Result> }[] = [];
  for await (const item of items) {
    const result = work(item);
    // Whoever stops before this one is due will never look at it.
    result.catch(() => undefined);
    running.push({ item, result });
    const due = running.length < width ? undefined : running.shift();
    if (due) yield [due.item, await due.result];
  }
  for (const { item, result } of running) yield [item, await result];
}
