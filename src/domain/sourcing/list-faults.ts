/** Takes what is wrong, where, and how to mend it. */
export type Report = (path: string, message: string) => void;

type Lists<Name extends string> = { readonly [Field in Name]?: readonly unknown[] };

/** Lists that are there but name nothing would fit nothing at all: hardly ever what was meant. */
export const reportEmptyLists = <Name extends string>(
  owner: Lists<Name>,
  names: readonly Name[],
  path: string,
  report: Report,
): void => {
  for (const name of names) {
    if (owner[name]?.length === 0) report(`${path}.${name}`, 'is empty: name at least one, or leave it out');
  }
};

export const reportRepeated = (list: readonly string[] | undefined, path: string, report: Report): void => {
  const named = new Set<string>();
  list?.forEach((entry, index) => {
    if (named.has(entry)) report(`${path}[${index}]`, `"${entry}" is named before: name it once`);
    named.add(entry);
  });
};

export const reportRange = (
  range: { readonly from?: number; readonly to?: number } | undefined,
  path: string,
  report: Report,
): void => {
  if (range === undefined) return;
  const { from, to } = range;
  if (from === undefined && to === undefined)
    report(path, 'states neither `from` nor `to`: state one, or leave it out');
  if (from !== undefined && to !== undefined && from > to)
    report(path, `begins at ${from} and ends at ${to}, so nothing fits it: exchange \`from\` and \`to\``);
};
