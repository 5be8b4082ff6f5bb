import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type RequestHandler, type Response, Router } from 'express';
import { page, problemPage, problemsPage } from './docs-pages.ts';
import { onlyAllow } from './method-not-allowed.ts';
import { openApiDocument } from './openapi.ts';
import { ApiProblem } from './problem.ts';
import { documentedProblems } from './problem-advice.ts';
import type { Route } from './route.ts';

/** Nothing from another host, nothing inline: the documentation also works where there is no internet. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The package also holds pages that show another API: only these files are served. */
const servedFiles: ReadonlySet<string> = new Set([
  '/swagger-ui.css',
  '/swagger-ui-bundle.js',
  '/favicon-16x16.png',
  '/favicon-32x32.png',
]);

// No validatorUrl: it would send the address of this document to another host.
const initializer = `window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

const apiPage = page({
  title: 'Sourcefold API',
  head: '<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png">',
  body: '<div id="swagger-ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>',
});

/** The documentation, for everybody: `/openapi.json`, `/docs`, and what each problem means under `/problems`. */
export const docs = (routes: readonly Route[], info: { readonly version: string }): Router => {
  const router = Router();
  const openApi = JSON.stringify(openApiDocument(routes, info));
  const files = express.static(dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')), {
    index: false,
    redirect: false,
    maxAge: '1h',
  });
  const served: RequestHandler = (request, response, next) =>
    servedFiles.has(request.path) ? files(request, response, next) : next();

  router.use(['/docs', '/problems'], (_request, response, next) => {
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    next();
  });
  router.get('/openapi.json', (_request, response) => {
    response.setHeader('Cache-Control', 'no-cache');
    response.type('application/json').send(openApi);
  });
  router.get('/docs', (_request, response) => sendPage(response, apiPage));
  router.get('/docs/start.js', (_request, response) => void response.type('text/javascript').send(initializer));
  router.use('/docs', served);
  router.get('/problems', (request, response) => {
    if (request.accepts(['json', 'html']) === 'html') sendPage(response, problemsPage(documentedProblems));
    else response.json({ items: documentedProblems });
  });
  router.get('/problems/:code', (request, response) => {
    const problem = documentedProblems.find(({ code }) => code === request.params.code);
    if (problem === undefined) throw new ApiProblem('not-found');
    if (request.accepts(['json', 'html']) === 'html') sendPage(response, problemPage(problem));
    else response.json(problem);
  });
  const filePaths = [...servedFiles].map((file) => `/docs${file}`);
  router.all(
    ['/openapi.json', '/docs', '/docs/start.js', ...filePaths, '/problems', '/problems/:code'],
    onlyAllow('GET', 'HEAD'),
  );
  return router;
};

const sendPage = (response: Response, html: string): void => {
  response.setHeader('Cache-Control', 'no-cache');
  response.type('html').send(html);
};
