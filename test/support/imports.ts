import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

export type SourceFile = { readonly path: string; readonly text: string };

export const sourceFilesUnder = (root: string): SourceFile[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }));

const importPattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

/** What a file imports: paths from the source root for relative imports, names for packages. */
export const importsOf = ({ path, text }: SourceFile): string[] =>
  [...withoutComments(text).matchAll(importPattern)].map(([, , target = '']) =>
    target.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), target)) : target,
  );

const layerOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '') : path.replace(/\.ts$/, ''));

/** Which layers each layer may import besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  'event-store': ['domain'],
  projections: ['domain', 'event-store'],
  application: ['domain', 'event-store', 'projections'],
  api: ['domain', 'event-store', 'projections', 'application', 'config', 'telemetry'],
  console: [],
  config: ['domain'],
  telemetry: ['config'],
};

/** The other files at the root put adapters together for `main` and `cli`: they may import all but these two. */
const mayImport = (layer: string, target: string): boolean => {
  if (layer === target || layer === 'main') return true;
  const may = allowed[layer];
  if (may !== undefined) return may.includes(target);
  return target !== 'main' && (target !== 'cli' || layer === 'cli');
};

const isSource = (target: string): boolean => /\.tsx?$/.test(target) && !target.startsWith('node:');

/** Words for what only the outside may decide: the time, and chance. */
const impure =
  /\bTemporal\.Now\b|\bnew Date\(\s*\)|\bDate\.now\b|\bDate\(\s*\)|\bMath\.random\b|\bperformance\b|\brandomUUID\b|\bsetTimeout\b|\bprocess\./;

/** Pure: calendars and time zones. */
const domainPackages = ['temporal-polyfill'];

const domainViolations = ({ path, text }: SourceFile): string[] => {
  const outward = importsOf({ path, text }).filter(
    (target) => !target.startsWith('domain/') && !domainPackages.includes(target),
  );
  const word = impure.exec(withoutComments(text))?.[0];
  return [
    ...outward.map((target) => `${path} imports ${target}`),
    ...(word === undefined ? [] : [`${path} uses ${word}`]),
  ];
};

const directionViolations = (file: SourceFile): string[] =>
  importsOf(file)
    .filter((target) => isSource(target) && !mayImport(layerOf(file.path), layerOf(target)))
    .map((target) => `${file.path} imports ${target}`);

/** Where sources break the design's line: `main -> api, cli -> application -> event-store, projections -> domain`. */
export const importViolations = (files: readonly SourceFile[]): string[] =>
  files.flatMap((file) => (layerOf(file.path) === 'domain' ? domainViolations(file) : directionViolations(file)));
