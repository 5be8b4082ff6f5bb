import { hash } from 'node:crypto';

/** Text that is HTML already. */
export type Markup = { readonly markup: string };

type Insert = string | number | Markup | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): Markup => ({
  markup: text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character),
});

const inserted = (value: Insert): string => {
  if (typeof value === 'string' || typeof value === 'number') return escaped(`${value}`).markup;
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
};

/** A template whose inserted text is escaped. */
export const html = (parts: TemplateStringsArray, ...values: readonly Insert[]): Markup => ({
  markup: parts.map((part, index) => part + (index < values.length ? inserted(values[index] ?? '') : '')).join(''),
});

const style = `
:root { color-scheme: light dark; --ink: #1d2327; --soft: #5b6770; --line: #d9dee2; --paper: #fff; --bar: #2f6f9f; --good: #1a7f37; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecef; --soft: #9aa7b0; --line: #37424a; --paper: #14191d; --bar: #6aaddb; --good: #57c878; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.9rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
.lead { color: var(--soft); margin: 0 0 1.5rem; }
.headline { font-size: 1.1rem; margin: .4rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; padding: .35rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.better { color: var(--good); }
.worse { color: var(--bad); }
.id { font-family: ui-monospace, monospace; font-size: .85em; color: var(--soft); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.5rem 2rem; }
figure { margin: 0; }
figcaption { font-weight: 600; margin-bottom: .4rem; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
svg .value { fill: var(--soft); }
svg rect { fill: var(--bar); }
svg .first rect { opacity: .45; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); border-radius: .4rem; font-size: .85rem; }
summary { cursor: pointer; padding: .3rem 0; }
`;

/** Nothing may be loaded or run, and only this very style applies: also where the page was saved as a file. */
const PAGE_ITSELF = `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'`;

/** For the header of a page: a page cannot forbid by itself to be framed. */
export const PAGE_POLICY = `${PAGE_ITSELF}; frame-ancestors 'none'`;

/** A whole document without anything to load. */
export const page = (title: string, body: Markup): string =>
  `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="${PAGE_ITSELF}">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n` +
  `<title>${escaped(title).markup}</title>\n<style>${style}</style>\n</head>\n<body>${body.markup}</body>\n</html>\n`;
