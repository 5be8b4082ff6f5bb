import { describe, expect, it } from 'vitest';
import { routes } from '../../src/api/all-routes.ts';
import { openApiDocument } from '../../src/api/openapi.ts';
import { requestExamples } from '../../src/api/openapi-examples.ts';

type Json = Readonly<Record<string, unknown>>;
type Parameter = { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Json };
type Operation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly required: boolean; readonly content: Json };
  readonly responses: Readonly<Record<string, { readonly content?: Json; readonly headers?: Json }>>;
};

const document = openApiDocument(routes, { version: '1.2.3' });
const paths = document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const operationAt = (method: string, path: string): Operation => {
  const found = paths[path]?.[method];
  if (found === undefined) throw new Error(`no operation ${method} ${path}`);
  return found;
};

/** Every value under a key, anywhere in the document. */
const valuesOf = (key: string, value: unknown): unknown[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesOf(key, inner)]);
};

const resolve = (reference: string): unknown =>
  reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, name) => (value as Json | undefined)?.[name], document);

describe('OpenAPI document', () => {
  it('is OpenAPI 3.1 with the version of the service, and plain JSON', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(document.info).toMatchObject({ title: 'Sourcefold', version: '1.2.3' });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('describes every route once, with an own readable operation id, its roles, answers and the problem answer', () => {
    expect(operations).toHaveLength(routes.length);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^(get|list|post|put|delete)([A-Z][a-z]+)+$/.test(id))).toEqual([]);
    expect(ids).toEqual(
      expect.arrayContaining(['postOrder', 'listOrders', 'getOrder', 'postOrderCancel', 'putStockLocation']),
    );
    for (const route of routes) {
      const operation = operationAt(route.method, route.path);
      expect(operation.tags).toEqual([route.tag]);
      for (const role of route.roles) expect(operation.description).toContain(`\`${role}\``);
      expect(Object.keys(operation.responses).sort()).toEqual([...Object.keys(route.answers), 'default'].sort());
    }
  });

  it('names every status that an order and a fulfilment can have', () => {
    const statuses = valuesOf('status', resolve('#/components/schemas/Order')).map(
      (status) => valuesOf('enum', status)[0],
    );
    expect(statuses).toEqual([
      'placed|allocated|partlyAllocated|backordered|parked|held|inProgress|completed|cancelled'.split('|'),
      'planned|reserved|picked|packed|dispatched|delivered|refused|rejected|cancelled'.split('|'),
    ]);
  });

  it('promises of every problem its code and which occurrence it was', () => {
    expect(resolve('#/components/schemas/Problem')).toMatchObject({
      required: ['type', 'title', 'status', 'code', 'instance'],
      properties: { instance: { type: 'string', format: 'uri-reference' } },
    });
  });

  it('tells pages to look at from JSON', () => {
    const kindsOf = (path: string) => Object.keys(operationAt('get', path).responses['200']?.content ?? {});
    expect(kindsOf('/v1/simulations/{simulationId}/report')).toEqual(['text/html']);
    expect(kindsOf('/v1/simulations/{simulationId}')).toEqual(['application/json']);
  });

  it('has only references that lead somewhere', () => {
    const references = valuesOf('$ref', document) as string[];
    expect(references.length).toBeGreaterThan(operations.length);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
  });

  it('declares exactly the parameters that a path has', () => {
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters.filter((one): one is Parameter => 'in' in one && one.in === 'path');
      expect(declared.map(({ name }) => name).sort()).toEqual(named.sort());
      expect(declared.every(({ required, schema }) => required && typeof schema === 'object')).toBe(true);
    }
  });

  it('offers an Idempotency-Key with every POST and with nothing else', () => {
    for (const { method, operation } of operations) {
      const offered = operation.parameters.some((one) => '$ref' in one && one.$ref.endsWith('/IdempotencyKey'));
      expect(offered).toBe(method === 'post');
    }
  });

  it('offers If-None-Match with just what may be answered 304', () => {
    for (const { operation } of operations) {
      const offered = operation.parameters.some((one) => 'name' in one && one.name === 'If-None-Match');
      if (operation.operationId.startsWith('get') || operation.operationId.startsWith('list'))
        expect(offered, operation.operationId).toBe('304' in operation.responses);
    }
  });

  it('offers If-Match with whatever changes a thing that has a version', () => {
    const isOffered = ({ parameters }: Operation) => parameters.some((one) => 'name' in one && one.name === 'If-Match');
    const unguarded = operations.filter(
      ({ method, operation }) =>
        method !== 'get' && valuesOf('ETag', operation.responses).length > 0 && !isOffered(operation),
    );
    expect(unguarded.map(({ operation }) => operation.operationId)).toEqual(['postOrder']);
  });

  it('says what an order needs, within which bounds, and gives an example', () => {
    const { requestBody, responses } = operationAt('post', '/v1/orders');
    expect(requestBody?.required).toBe(true);
    expect(requestBody?.content).toMatchObject({
      'application/json': {
        schema: { additionalProperties: false, properties: { lines: { minItems: 1, maxItems: 2_000 } } },
        example: { method: 'homeDelivery' },
      },
    });
    expect(responses['201']).toMatchObject({ headers: { ETag: {}, Location: {}, 'Idempotency-Replayed': {} } });
    expect(operationAt('post', '/v1/orders/{orderId}/cancel').requestBody?.required).toBe(false);
    const limit = operationAt('get', '/v1/orders').parameters.find((one) => 'name' in one && one.name === 'limit');
    expect(limit).toMatchObject({
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
      required: false,
    });
  });

  it('gives examples that the routes accept, for every body that must be sent', () => {
    const known = routes.map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(requestExamples).filter((name) => !known.includes(name))).toEqual([]);
    for (const { method, path, body } of routes) {
      if (body === undefined) continue;
      const example = requestExamples[`${method} ${path}`];
      expect(body.safeParse(example).error, `${method} ${path}`).toBeUndefined();
    }
  });

  it('holds no schema identity and no pattern that a format says already', () => {
    const text = JSON.stringify(document);
    expect(valuesOf('$schema', document)).toEqual([]);
    expect(valuesOf('$defs', document)).toEqual([]);
    expect((valuesOf('pattern', document) as string[]).filter((pattern) => pattern.length > 100)).toEqual([]);
    expect(text).toContain('"format":"date-time"');
  });

  it('leaves answers open for new fields', () => {
    expect(resolve('#/components/schemas/Order')).not.toHaveProperty('additionalProperties');
  });
});
