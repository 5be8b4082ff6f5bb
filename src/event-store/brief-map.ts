/** Most maps hold fewer entries at a time than this. */
const LEAST_SETS = 64;

/**
 * A map whose entries come and go all the time. A `Map` that outgrows its table links that to the next one, for the sake of
 * iterators: a table that got old before it died then keeps alive whatever its successors held, until all memory is
 * collected. Here a map is exchanged for a new one before that happens, so that what is brief stays cheap to forget.
 */
export class BriefMap<Key, Value> {
  #map = new Map<Key, Value>();
  #sets = 0;

  get size(): number {
    return this.#map.size;
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.#sets >= Math.max(LEAST_SETS, this.#map.size)) {
      this.#map = new Map(this.#map);
      this.#sets = 0;
    }
    this.#sets += 1;
    this.#map.set(key, value);
  }

  delete(key: Key): boolean {
    return this.#map.delete(key);
  }

  values(): Iterable<Value> {
    return this.#map.values();
  }

  clear(): void {
    this.#map = new Map();
  }
}
