import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiProblem, type EdgeCode, instanceOf, problemOf } from './problem.ts';

const codes: Readonly<Record<string, EdgeCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'request-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-too-slow',
};

const headersOf = (body: string): Readonly<Record<string, string | number>> => ({
  'Content-Type': 'application/problem+json',
  'Content-Length': Buffer.byteLength(body),
  'Cache-Control': 'no-store',
  Connection: 'close',
});

type Answer = { readonly status: number; readonly body: string };

const answerTo = (error: Error, instance: string): Answer => {
  const code = 'code' in error ? String(error.code) : '';
  const problem = problemOf(new ApiProblem(codes[code] ?? 'request-malformed'));
  return { status: problem.status, body: JSON.stringify({ ...problem, instance }) };
};

/** Where there is no request yet that an answer could belong to. */
const asText = ({ status, body }: Answer): string => {
  const lines = Object.entries(headersOf(body)).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
};

/** Its body broke off, or does not come, and nobody has said anything yet. */
const isOpen = ({ req, headersSent }: ServerResponse): boolean => !req.complete && !headersSent;

/** Problems for what no route ever sees: broken HTTP, headers too large, too slow, and expectations that Node knows nothing of. */
export const answerBrokenRequests = (server: Server, newId: () => string): void => {
  /** Answers under way on a connection: anything else that is written there would end up in their middle. */
  const answering = new WeakMap<Duplex, Set<ServerResponse>>();
  server.prependListener('request', ({ socket }, response) => {
    const underWay = answering.get(socket) ?? new Set();
    answering.set(socket, underWay.add(response));
    response.once('close', () => underWay.delete(response));
  });
  server.on('clientError', (error, socket) => {
    const [first, ...others] = answering.get(socket) ?? [];
    const answer = answerTo(error, instanceOf(String(first?.getHeader('X-Request-Id') ?? newId())));
    if (!socket.writable || others.length > 0 || (first !== undefined && !isOpen(first))) socket.destroy();
    else if (first === undefined) socket.end(asText(answer));
    else first.writeHead(answer.status, headersOf(answer.body)).end(answer.body);
  });
  // It is told what is wrong as any other request is.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
};
