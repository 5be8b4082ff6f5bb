import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, importViolations, sourceFilesUnder } from './support/imports.ts';

const files = sourceFilesUnder(join(import.meta.dirname, '..', 'src'));

describe('the architecture', () => {
  it('imports one way: main, then api and cli, application, event-store and projections, domain', () => {
    expect(files.map(({ path }) => path)).toContain('domain/order/order.ts');
    expect(importViolations(files)).toEqual([]);
  });

  it('has no file beyond 300 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path)).toEqual([]);
  });
});

describe('the check itself', () => {
  const violations = (path: string, text: string) => importViolations([{ path, text }]);

  it.each<[string, string, string]>([
    ['the domain that reaches outward', 'domain/order/order.ts', "import { x } from '../../application/execute.ts';"],
    ['the domain that re-exports what is outside', 'domain/order.ts', "export { x } from '../api/app.ts';"],
    ['the domain that imports a package', 'domain/order.ts', 'import { z } from "zod";'],
    ['the domain that imports from Node', 'domain/order.ts', "import type { Hash } from 'node:crypto';"],
    ['the domain that imports later', 'domain/order.ts', "const fs = await import('node:fs');"],
    ['the domain that imports over several lines', 'domain/a.ts', "import {\n  x,\n  y,\n} from '../main.ts';"],
    ['the domain that reads the clock', 'domain/order.ts', 'const at = new Date().toISOString();'],
    ['the domain that reads the clock otherwise', 'domain/order.ts', 'const at = performance.now();'],
    ['the domain that asks Temporal for the time', 'domain/order.ts', 'const at = Temporal.Now.instant();'],
    ['the domain that draws a number', 'domain/order.ts', 'const luck = Math.random();'],
    [
      'a port that knows the application',
      'event-store/sqlite.ts',
      "import { execute } from '../application/execute.ts';",
    ],
    ['a port that knows the API', 'projections/sqlite.ts', "import { app } from '../api/app.ts';"],
    ['the event store that knows projections', 'event-store/a.ts', "import { p } from '../projections/projection.ts';"],
    ['the application that knows the API', 'application/execute.ts', "import { problem } from '../api/problem.ts';"],
    ['the API that knows the composition root', 'api/app.ts', "import { main } from '../main.ts';"],
    ['the API that puts adapters together', 'api/app.ts', "import { stores } from '../stores.ts';"],
    ['a command line that knows the root', 'cli/serve.ts', "import { main } from '../main.ts';"],
    ['a wiring file that knows the command line', 'server.ts', "import { cli } from './cli/serve.ts';"],
    ['an import for its effects', 'application/a.ts', "import '../cli.ts';"],
  ])('catches %s', (_case, path, text) => expect(violations(path, text)).toHaveLength(1));

  it.each<[string, string, string]>([
    ['the domain within itself', 'domain/order/decide.ts', "import { DomainError } from '../error.ts';"],
    ['a table of the domain', 'domain/places.ts', "import areas from './places/areas.json' with { type: 'json' };"],
    ['a date made of a given instant', 'domain/order.ts', 'const day = new Date(placedAt).getUTCDay();'],
    ['the calendar of the domain', 'domain/a.ts', "import { Temporal } from 'temporal-polyfill';"],
    ['words in comments', 'domain/order.ts', "// not from 'zod'\n/* nor Math.random() */\nexport const a = 1;"],
    ['an adapter and its product', 'event-store/sqlite.ts', "import { DatabaseSync } from 'node:sqlite';"],
    [
      'the composition root',
      'main.ts',
      "import { app } from './api/app.ts';\nimport { sqlite } from './event-store/sqlite.ts';",
    ],
  ])('lets pass %s', (_case, path, text) => expect(violations(path, text)).toEqual([]));

  it('sees every form of import', () => {
    const text =
      "import a from './a.ts';\nimport './b.ts';\nexport * from '../c.ts';\nawait import('d');\nimport type { E } from \"e\";";
    expect(importsOf({ path: 'api/app.ts', text })).toEqual(['api/a.ts', 'api/b.ts', 'c.ts', 'd', 'e']);
  });
});
