/** A map is exchanged after so many entries, or after as many as it holds. */
const LEAST_SETS = 64;

/**
 * A map whose entries come and go all the time. A `Map` that outgrows its table links that to the next one, for the sake of
 * iterators: a table that got old before it died then keeps alive whatever all its successors held, until all memory is
 * collected. Here the map itself is exchanged for a new one every so often, to which no older table leads.
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
