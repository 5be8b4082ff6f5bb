import type { DocumentedProblem } from './problem-advice.ts';

type Page = { readonly title: string; readonly head?: string; readonly body: string };

export const page = ({ title, head = '', body }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;

/** Every problem in one table, by status. */
export const problemsPage = (problems: readonly DocumentedProblem[]): string =>
  page({
    title: 'Problems that the Sourcefold API answers',
    body: `<main>
<h1>Problems</h1>
<p>Every refusal is <code>application/problem+json</code> with one of these codes. The codes never change.
See also the <a href="/docs">API documentation</a>.</p>
<table>
<thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">What it means</th></tr></thead>
<tbody>
${problems.map(({ status, code, meaning }) => `<tr><td>${status}</td><td><a href="/problems/${code}"><code>${code}</code></a></td><td>${marked(meaning)}</td></tr>`).join('\n')}
</tbody>
</table>
</main>`,
  });

export const problemPage = ({ code, status, meaning, next }: DocumentedProblem): string =>
  page({
    title: `${code}: what it means`,
    body: `<main>
<h1><code>${code}</code></h1>
<p>HTTP status ${status}</p>
<h2>What it means</h2>
<p>${marked(meaning)}</p>
<h2>What to do next</h2>
<p>${marked(next)}</p>
<p><a href="/problems">All problems</a></p>
</main>`,
  });

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The advice is plain text with `code` in it. */
const marked = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
