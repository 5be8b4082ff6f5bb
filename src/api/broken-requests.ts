import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiProblem, type EdgeCode, problemOf } from './problem.ts';

const codes: Readonly<Record<string, EdgeCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'request-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-too-slow',
};

const answerTo = (error: Error, instance: string): string => {
  const code = 'code' in error ? String(error.code) : '';
  const problem = problemOf(new ApiProblem(codes[code] ?? 'request-malformed'));
  const body = JSON.stringify({ ...problem, instance });
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
};

/** Problems for what no route ever sees: broken HTTP, headers too large, too slow, and expectations that Node knows nothing of. */
export const answerBrokenRequests = (server: Server, newId: () => string): void => {
  /** Connections on which an answer is under way: anything else that is written there would end up in its middle. */
  const answering = new WeakMap<Duplex, number>();
  const count = (socket: Duplex, by: number): void => void answering.set(socket, (answering.get(socket) ?? 0) + by);
  server.prependListener('request', ({ socket }, response) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  server.on('clientError', (error, socket) => {
    if (!socket.writable || (answering.get(socket) ?? 0) > 0) return void socket.destroy();
    socket.end(answerTo(error, `urn:uuid:${newId()}`));
  });
  // It is told what is wrong as any other request is.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
};
