import { expect } from 'vitest';
import type { z } from 'zod';
import { routes } from '../../src/api/all-routes.ts';
import { problemCodes } from '../../src/api/problem-advice.ts';
import type { Route } from '../../src/api/route.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
  readonly etag: string;
  /** The problem's stable code; undefined for a success. */
  readonly code: string | undefined;
  /** The body as this schema has it. */
  readonly as: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>;
  /** The items of a page. */
  readonly items: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>[];
};

export type HeaderFields = Readonly<Record<string, string>>;

export type Client = {
  readonly get: (path: string, headers?: HeaderFields) => Promise<Answer>;
  readonly post: (path: string, body?: unknown, headers?: HeaderFields) => Promise<Answer>;
  readonly put: (path: string, body: unknown, headers?: HeaderFields) => Promise<Answer>;
  readonly delete: (path: string, headers?: HeaderFields) => Promise<Answer>;
  /** A body that is sent as it is. */
  readonly send: (
    method: string,
    path: string,
    body: RequestInit['body'] | undefined,
    headers: HeaderFields,
  ) => Promise<Answer>;
};

/** A client that holds every answer to what its route documents, and every refusal to the problem format. */
export const createClient = (url: string, secret: string | null): Client => {
  const send: Client['send'] = async (method, path, body, headers) => {
    const authorization = secret === null ? {} : { authorization: `Bearer ${secret}` };
    const response = await fetch(url + path, {
      method,
      headers: { ...authorization, ...headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    const answer = answerOf(response, await response.text());
    if (answer.status >= 400) checkProblem(answer);
    else checkSuccess(method, path, answer);
    return answer;
  };
  const sendJson = (method: string, path: string, body: unknown, headers: HeaderFields = {}) =>
    body === undefined
      ? send(method, path, undefined, headers)
      : send(method, path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  return {
    get: (path, headers) => sendJson('GET', path, undefined, headers),
    post: (path, body, headers) => sendJson('POST', path, body, headers),
    put: (path, body, headers) => sendJson('PUT', path, body, headers),
    delete: (path, headers) => sendJson('DELETE', path, undefined, headers),
    send,
  };
};

const answerOf = (response: Response, text: string): Answer => {
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  const body: unknown = isJson ? JSON.parse(text) : null;
  const page = body as { readonly items?: readonly unknown[] } | null;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    etag: response.headers.get('etag') ?? '',
    code: response.status >= 400 ? (body as { readonly code?: string } | null)?.code : undefined,
    as: (schema) => schema.parse(body),
    items: (schema) => (page?.items ?? []).map((item) => schema.parse(item)),
  };
};

const routeOf = (method: string, path: string): Route | undefined => {
  const [pathname = ''] = path.split('?');
  return routes.find(
    (route) =>
      route.method === method.toLowerCase() &&
      new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
};

/** The documented status, every documented field, and no other. */
const checkSuccess = (method: string, path: string, { status, body, text }: Answer): void => {
  const route = routeOf(method, path);
  if (route === undefined) return;
  const documented = route.answers[status];
  expect(documented, `${method} ${route.path} answered an undocumented ${status}`).toBeDefined();
  if (documented === undefined || documented.schema === null) expect(text).toBe('');
  else {
    const content = documented.contentType === undefined ? body : text;
    expect(documented.schema.parse(content)).toEqual(content);
  }
};

const LEAKS = /node_modules|\.ts\b|\bat \w+ \(|\/(?:home|tmp|work|usr)\/|SQLITE|SELECT |INSERT |sqlite/;

/** RFC 9457, with a code that is documented, and nothing of our insides. */
const checkProblem = ({ status, headers, body, text }: Answer): void => {
  expect(headers.get('content-type'), text).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ status, title: expect.stringMatching(/./) });
  const { code, type } = body as { readonly code: string; readonly type: string };
  expect(problemCodes).toContain(code);
  expect(type).toBe(`/problems/${code}`);
  expect(text).not.toMatch(LEAKS);
};
