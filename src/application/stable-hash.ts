/** A 32-bit number that is the same for the same text on every machine (FNV-1a with a final mix). Not for security. */
export const stableHash = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** A share in [0, 1) that the text alone decides. */
export const stableShare = (text: string): number => stableHash(text) / 2 ** 32;

/** The item that the text alone picks, `undefined` from an empty list. */
export const stablePick = <Item>(text: string, items: readonly Item[]): Item | undefined =>
  items[Math.floor(stableShare(text) * items.length)];
