const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** The colons outside of strings: JSON text has one for each member of its objects. */
export const membersIn = (json: Buffer): number => {
  let members = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) isInString = !isInString;
    else if (isInString && byte === BACKSLASH) at++;
    else if (!isInString && byte === COLON) members++;
  }
  return members;
};

/** The members of all objects in a parsed value, however deep. */
export const membersOf = (value: unknown): number => {
  let members = 0;
  const waiting = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== 'object' || one === null) continue;
    const inside = Object.values(one);
    if (!Array.isArray(one)) members += inside.length;
    for (const entry of inside) if (typeof entry === 'object') waiting.push(entry);
  }
  return members;
};

/** The first name that an object of the JSON text has twice; null: none. */
export const firstRepeated = (json: string): string | null => {
  // One set of names for each object that is open; null: an array is.
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(json, at);
      if (isBeforeColon(json, end)) {
        const name = String(JSON.parse(json.slice(at, end)));
        const names = open.at(-1);
        if (names?.has(name)) return name;
        names?.add(name);
      }
      at = end - 1;
    }
  }
  return null;
};

/** Where the string ends that begins here. No pattern: strings of many megabytes exhaust the stack of one. */
const endOfString = (json: string, start: number): number => {
  let end = start + 1;
  while (end < json.length && json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
  return end + 1;
};

const isBeforeColon = (json: string, at: number): boolean => {
  const colon = /\s*:/y;
  colon.lastIndex = at;
  return colon.test(json);
};

/**
 * Of members that have one name, a parser keeps the last and is silent about the others: what the sender meant, nobody
 * knows. The name of such a one, or null. Counting comes first, because nearly always that is enough.
 */
export const repeatedName = (json: Buffer, parsed: unknown): string | null =>
  membersIn(json) === membersOf(parsed) ? null : firstRepeated(json.toString());
