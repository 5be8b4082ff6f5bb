/** The items in their order, so many together that they reach the size; the last ones may be fewer. */
export function* groupsOf<Item>(
  items: Iterable<Item>,
  sizeOf: (item: Item) => number,
  enough: number,
): Generator<readonly Item[], void> {
  let group: Item[] = [];
  let size = 0;
  for (const item of items) {
    group.push(item);
    size += sizeOf(item);
    if (size < enough) continue;
    yield group;
    group = [];
    size = 0;
  }
  if (group.length > 0) yield group;
}
