import { z } from 'zod';

/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 embeds it. */
export type JsonSchema = Record<string, unknown>;

export type SchemaWriter = {
  /** The schema with its named parts as references to components. */
  readonly write: (schema: z.ZodType, io: 'input' | 'output') => JsonSchema;
  /** Every named part written so far. */
  readonly components: () => Record<string, JsonSchema>;
};

const COMPONENTS = '#/components/schemas/';

/** Makes JSON Schemas of zod schemas. What carries an id (`.meta({ id })`) is written once and referred to. */
export const createSchemaWriter = (): SchemaWriter => {
  const components = new Map<string, JsonSchema>();

  const register = (id: string, schema: JsonSchema): void => {
    const known = components.get(id);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two different schemas are called ${id}`);
    }
    components.set(id, schema);
  };

  return Object.freeze({
    write: (schema: z.ZodType, io: 'input' | 'output') => {
      const { $defs, ...root } = withoutIdentity(
        z.toJSONSchema(schema, { target: 'draft-2020-12', io, override: ({ jsonSchema }) => simplify(jsonSchema, io) }),
      );
      for (const [id, part] of Object.entries(isSchema($defs) ? $defs : {})) {
        if (isSchema(part)) register(id, withComponentReferences(withoutIdentity(part)));
      }
      return withComponentReferences(root);
    },
    components: () => Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1))),
  });
};

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const withoutIdentity = ({ $schema: _dialect, $id: _id, id: _name, ...schema }: JsonSchema): JsonSchema => schema;

/**
 * Leaves out what `format` says already in one word, bounds that only repeat what an integer of JavaScript is, and, of
 * answers, that there are no other fields: a field more must not break a client.
 */
const simplify = (schema: JsonSchema, io: 'input' | 'output'): void => {
  if (schema.format !== undefined) delete schema.pattern;
  if (io === 'input') return;
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
};

const withComponentReferences = (schema: JsonSchema): JsonSchema => {
  const rewritten = JSON.stringify(schema, (key, value) =>
    key === '$ref' && typeof value === 'string' ? value.replace(/^#\/\$defs\//, COMPONENTS) : value,
  );
  return JSON.parse(rewritten) as JsonSchema;
};
