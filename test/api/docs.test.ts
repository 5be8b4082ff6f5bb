import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/api/all-routes.ts';
import { docs } from '../../src/api/docs.ts';
import { edgeProblems } from '../../src/api/problem.ts';
import { documentedProblems } from '../../src/api/problem-advice.ts';
import { domainErrorCodes } from '../../src/domain/error.ts';

let server: Server;
let url: string;

beforeAll(async () => {
  const app = express();
  app.use(docs(routes, { version: '1.2.3' }));
  await new Promise<void>((resolve) => {
    server = app.listen(0, '127.0.0.1', () => resolve());
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const get = async (path: string, accept = '*/*') => {
  const response = await fetch(url + path, { headers: { accept }, redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe('documentation', () => {
  it('gives the OpenAPI document to everybody', async () => {
    const { status, headers, text } = await get('/openapi.json');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.1', info: { version: '1.2.3' } });
  });

  it('shows it in a browser with nothing inline and nothing from another host', async () => {
    const { status, headers, text } = await get('/docs', 'text/html');
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|<style|\sstyle=|https?:/);
    const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files).toContain('/docs/swagger-ui-bundle.js');
    for (const path of files) expect([path, (await get(path)).status]).toEqual([path, 200]);
    const start = await get('/docs/start.js');
    expect(start.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(start.text).toContain("'/openapi.json'");
    expect(start.text).toContain('validatorUrl: null');
  });

  it('serves only the files that it needs from the package', async () => {
    const hidden = [
      'index.html',
      'swagger-initializer.js',
      'package.json',
      'oauth2-redirect.html',
      'index.css',
      'README.md',
    ];
    const climbing = ['%2e%2e/express/package.json', '..%2fpackage.json', 'swagger-ui.css/..%2fpackage.json'];
    for (const path of [...hidden, ...climbing])
      expect([path, (await get(`/docs/${path}`)).status]).toEqual([path, 404]);
  });
});

describe('problem pages', () => {
  it('cover every code that a client can meet, with its meaning and what to do next', async () => {
    const codes = [...Object.keys(edgeProblems), ...domainErrorCodes].sort();
    expect(documentedProblems.map(({ code }) => code).sort()).toEqual(codes);
    const { items } = JSON.parse((await get('/problems')).text) as { items: typeof documentedProblems };
    expect(items).toEqual(documentedProblems);
    for (const { code, status, meaning, next } of items) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(next).toMatch(/\.$/);
      expect(JSON.parse((await get(`/problems/${code}`)).text)).toMatchObject({ code, status, meaning, next });
    }
  });

  it('are readable in a browser', async () => {
    const { headers, text } = await get('/problems/version-mismatch', 'text/html,*/*;q=0.8');
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(text).toContain('<h1><code>version-mismatch</code></h1>');
    const list = await get('/problems', 'text/html,*/*;q=0.8');
    expect(list.text.match(/<tr><td>/g)).toHaveLength(documentedProblems.length);
  });

  it('do not exist for other names', async () => {
    for (const name of ['unheard-of', '__proto__', 'constructor']) {
      expect((await get(`/problems/${name}`)).status).not.toBe(200);
    }
  });
});
