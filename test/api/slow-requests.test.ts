import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerBrokenRequests } from '../../src/api/broken-requests.ts';

const HEAD = ['POST /v1/orders HTTP/1.1', 'Host: x', 'Content-Type: application/json'];

describe('a request that comes too slowly', () => {
  let server: Server;
  /** What the server had sent before the body came. */
  let begun = '';
  let answerAfterMs = 0;

  beforeEach(async () => {
    begun = '';
    answerAfterMs = 0;
    server = createServer({ connectionsCheckingInterval: 20 }, (request, response) => {
      response.setHeader('X-Request-Id', 'its-own-id');
      if (begun !== '') response.write(begun);
      request.on('error', () => undefined).resume();
      request.on('end', () => setTimeout(() => response.end('taken'), answerAfterMs));
    });
    server.headersTimeout = 100;
    server.requestTimeout = 200;
    answerBrokenRequests(server, () => 'made-for-it');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const send = async (...lines: readonly string[]): Promise<string> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(lines.join('\r\n'));
    return text(socket);
  };

  it.each([
    ['in its headers', HEAD, 'urn:uuid:made-for-it'],
    ['in its body', [...HEAD, 'Content-Length: 500', '', '{ '], 'urn:uuid:its-own-id'],
    ['in a body of chunks', [...HEAD, 'Transfer-Encoding: chunked', '', '2', '{ ', ''], 'urn:uuid:its-own-id'],
  ])('%s is told so, and the connection ends', async (_, lines, instance) => {
    const answer = await send(...lines);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toMatch(/\r\nConnection: close\r\n/i);
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
    expect(body).toMatchObject({ status: 408, code: 'request-too-slow', instance });
  });

  it('whose answer has begun gets nothing in the middle of it', async () => {
    begun = 'the first words';
    const answer = await send(...HEAD, 'Content-Length: 500', '', '{ ');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).not.toContain('408');
  });

  it('behind another that is still answered gets nothing in the middle of that', async () => {
    answerAfterMs = 600;
    const good = ['GET /slow HTTP/1.1', 'Host: x', '', ''];
    const answer = await send(...good, ...HEAD, 'Content-Length: 500', '', '{ ');
    expect(answer).not.toContain('408');
  });
});
