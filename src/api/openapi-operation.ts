import { z } from 'zod';
import { etagOf } from './etag.ts';
import { requestExamples } from './openapi-examples.ts';
import type { JsonSchema, SchemaWriter } from './openapi-schemas.ts';
import type { Route } from './route.ts';

type Operation = Record<string, unknown>;

/** One operation of the OpenAPI document. */
export const operationOf = (route: Route, routes: readonly Route[], schemas: SchemaWriter): Operation => ({
  operationId: operationIdOf(route),
  tags: [route.tag],
  summary: route.summary,
  description: [route.description, `Roles: ${route.roles.map((role) => `\`${role}\``).join(', ')}.`]
    .filter((part) => part !== undefined)
    .join('\n\n'),
  'x-roles': route.roles,
  parameters: parametersOf(route, schemas),
  ...(route.body === undefined ? {} : { requestBody: requestBodyOf(route, route.body, schemas) }),
  responses: responsesOf(route, routes, schemas),
});

/** `post /v1/orders/{orderId}/cancel` -> `postOrderCancel`; a list is `listOrders`, not `getOrders`. */
export const operationIdOf = (route: Route): string => {
  const segments = route.path.split('/').slice(2);
  const words = segments.flatMap((segment, index) => {
    if (isParameter(segment)) return [];
    const isOneOf =
      isParameter(segments[index + 1] ?? '') || (route.method === 'post' && index === segments.length - 1);
    return [pascal(isOneOf ? singular(segment) : segment)];
  });
  return `${isList(route) ? 'list' : route.method}${words.join('')}`;
};

const isParameter = (segment: string): boolean => segment.startsWith('{');

const singular = (plural: string): string => plural.replace(/ies$/, 'y').replace(/s$/, '');

const pascal = (segment: string): string =>
  segment.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());

const shapeOf = (schema: z.ZodType | null | undefined): Readonly<Record<string, z.ZodType>> =>
  schema instanceof z.ZodObject ? schema.shape : {};

const isList = ({ method, answers }: Route): boolean =>
  method === 'get' && 'nextCursor' in shapeOf(answers[200]?.schema);

const parametersOf = (route: Route, schemas: SchemaWriter): Operation[] => [
  ...parametersIn('path', route.params, schemas),
  ...parametersIn('query', route.query, schemas),
  ...Object.entries({ ...route.requestHeaders, ...(304 in route.answers ? ifNoneMatch : {}) }).map(
    ([name, description]) => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string' },
    }),
  ),
  ...(route.method === 'post' ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
];

const ifNoneMatch = { 'If-None-Match': 'The ETag you have: 304 without a body when nothing has changed since.' };

const queryTexts: Readonly<Record<string, string>> = {
  limit: 'How many to answer at most: 1 to 200.',
  cursor: 'The `nextCursor` of the page before, with the same query otherwise.',
  minPosition: 'Wait until the answer reflects this position, for some seconds; then 503 `read-model-behind`.',
};

const parametersIn = (place: 'path' | 'query', schema: z.ZodObject | undefined, schemas: SchemaWriter): Operation[] => {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemas.write(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(place === 'query' && queryTexts[name] !== undefined ? { description: queryTexts[name] } : {}),
    schema: property,
  }));
};

const requestBodyOf = (route: Route, body: z.ZodType, schemas: SchemaWriter): Operation => {
  const example = requestExamples[`${route.method} ${route.path}`];
  return {
    required: !body.safeParse(undefined).success,
    content: {
      'application/json': { schema: schemas.write(body, 'input'), ...(example === undefined ? {} : { example }) },
    },
  };
};

const responsesOf = (route: Route, routes: readonly Route[], schemas: SchemaWriter): Operation => ({
  ...Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema, contentType = 'application/json' }]) => [
      status,
      {
        description,
        headers: headersOf(route, routes, schema),
        ...(schema === null ? {} : { content: { [contentType]: { schema: schemas.write(schema, 'output') } } }),
      },
    ]),
  ),
  default: { $ref: '#/components/responses/Problem' },
});

const headersOf = (route: Route, routes: readonly Route[], schema: z.ZodType | null): Operation => {
  const isVersioned = Object.values(route.answers).some((answer) => 'version' in shapeOf(answer.schema));
  const createsReadable =
    route.method === 'post' && routes.some(({ method, path }) => method === 'get' && isItemOf(path, route.path));
  return {
    ...(isVersioned ? { ETag: header(`The version as a strong entity tag, such as \`${etagOf(7)}\`.`) } : {}),
    ...(createsReadable ? { Location: header('Where to read it.') } : {}),
    ...(route.method === 'post' && schema !== null
      ? { 'Idempotency-Replayed': header('`true`: this is the answer that the Idempotency-Key was given before.') }
      : {}),
  };
};

const isItemOf = (path: string, collection: string): boolean =>
  path.startsWith(`${collection}/{`) && !path.slice(collection.length + 1).includes('/');

const header = (description: string): Operation => ({ description, schema: { type: 'string' } });
