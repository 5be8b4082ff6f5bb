import { roles } from '../domain/api-key.ts';
import { operationOf } from './openapi-operation.ts';
import { createSchemaWriter, type JsonSchema } from './openapi-schemas.ts';
import { problemCodes } from './problem-advice.ts';
import type { Route } from './route.ts';

const description = `Sourcefold takes orders from sales channels, decides which stock locations fulfil them, and follows every unit.

**Who may call it.** Every request under \`/v1\` carries an API key: \`Authorization: Bearer sfk_...\`. A key has one role:
${roles.map((role) => `\`${role}\``).join(', ')}. Each operation names the roles that may use it; what a key may not see does not exist for it (404).

**Trying again.** Send an \`Idempotency-Key\` with a POST: the same request again gets the same answer and happens once.

**Versions.** Answers about one thing carry its version as a strong \`ETag\`. Send it back as \`If-Match\`, and a change
that would overwrite somebody else's is refused with 412.

**Reading what was written.** Commands answer the \`position\` of what they wrote. What the same API key wrote itself it
also reads at once; others pass \`minPosition\`.

**Pages.** Lists answer \`items\` and \`nextCursor\`; pass it as \`cursor\` with the same query. \`limit\` is at most 200.

**Limits.** A body is JSON in UTF-8, at most 1 MiB (that of a dry run: 32 MiB), not compressed, with at most 2,000 lines. Unknown fields are refused.
Quantities and money (minor units) are whole numbers up to 2^53 - 1.

**Problems.** Everything but a success is \`application/problem+json\` (RFC 9457) with a stable \`code\`; \`type\` leads to
what it means and what to do: [all problems](/problems).`;

const problemSchema: JsonSchema = {
  type: 'object',
  description: 'RFC 9457, with a stable code. Further members give the figures that the problem is about.',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Leads to what the code means.' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: { $ref: '#/components/schemas/ProblemCode' },
    detail: { type: 'string' },
    instance: {
      type: 'string',
      format: 'uri-reference',
      description: "This occurrence: `urn:uuid:` and the request's id, as the header `X-Request-Id` has it.",
    },
    errors: {
      type: 'array',
      description: 'With `request-invalid`: where the request is wrong, and how.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

const sharedComponents = {
  securitySchemes: {
    apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, such as `sfk_...`.' },
  },
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description:
        '1 to 255 printable characters of your choice, new for each request and the same when you try it again. ' +
        'Answers are kept for at least 24 hours, for each API key apart.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
  },
  responses: {
    Problem: {
      description: 'The request was refused or could not be done.',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
};

/** The OpenAPI 3.1 document of the routes, from the schemas that parse their requests and describe their answers. */
export const openApiDocument = (
  routes: readonly Route[],
  info: { readonly version: string },
): Record<string, unknown> => {
  const schemas = createSchemaWriter();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route, routes, schemas) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Sourcefold',
      version: info.version,
      summary: 'Distributed order management: event-sourced, never oversold, every decision explained.',
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    security: [{ apiKey: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      ...sharedComponents,
      schemas: {
        ...schemas.components(),
        Problem: problemSchema,
        ProblemCode: { type: 'string', enum: problemCodes },
      },
    },
  };
};
