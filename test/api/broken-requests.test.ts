import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderRequest, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const KEY = 'Authorization: Bearer sfk_test_administrator';

describe('a request that is no proper HTTP', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 5 });
  });
  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  /** Sends these lines as they are, and reads until the connection ends. */
  const send = async (...lines: readonly string[]): Promise<string> => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(lines.join('\r\n'));
    return text(socket);
  };

  const problemIn = (answer: string): unknown => {
    expect(answer).toMatch(/\r\nContent-Type: application\/problem\+json\r\n/);
    return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  };

  it.each([
    ['that is something else', 400, 'request-malformed', ['HELO example.com', '', '']],
    ['with a line that is no header', 400, 'request-malformed', ['GET /livez HTTP/1.1', 'Host: x', 'nonsense', '', '']],
    [
      'with two lengths',
      400,
      'request-malformed',
      ['POST /v1/orders HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Content-Length: 2', '', '{'],
    ],
    [
      'with a chunk that is none',
      400,
      'request-malformed',
      [
        'POST /v1/orders HTTP/1.1',
        'Host: x',
        KEY,
        'Content-Type: application/json',
        'Transfer-Encoding: chunked',
        '',
        'zz',
        '{',
        '',
      ],
    ],
    ['without Host', 400, 'request-malformed', ['GET /livez HTTP/1.1', 'Connection: close', '', '']],
    [
      'with an expectation of its own',
      417,
      'expectation-unknown',
      ['GET /livez HTTP/1.1', 'Host: x', 'Expect: 200-ok', 'Connection: close', '', ''],
    ],
    [
      'with headers of 20 KiB',
      431,
      'headers-too-large',
      ['GET /livez HTTP/1.1', 'Host: x', `Cookie: ${'x'.repeat(20_480)}`, '', ''],
    ],
  ])('%s is answered with a problem: %d %s', async (_, status, code, lines) => {
    const answer = await send(...lines);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(problemIn(answer)).toMatchObject({
      type: `/problems/${code}`,
      status,
      code,
      title: expect.any(String),
      instance: expect.stringMatching(/^urn:uuid:/),
    });
    expect((await running.as(null).get(`/problems/${code}`)).status).toBe(200);
  });

  it('may leave Host out where HTTP is so old that it had none', async () => {
    expect(await send('GET /livez HTTP/1.0', '', '')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('may expect to be told to go on', async () => {
    const body = JSON.stringify(orderRequest('B-1'));
    const answer = await send(
      'POST /v1/orders HTTP/1.1',
      'Host: x',
      KEY,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Expect: 100-continue',
      'Connection: close',
      '',
      body,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 Created\r\n/);
  });

  it('behind a good one on the same connection does not end up in the middle of its answer', async () => {
    const good = ['GET /v1/orders HTTP/1.1', 'Host: x', KEY, '', ''];
    const answer = await send(...good, 'nonsense', '', '');
    const [first = ''] = answer.split('HTTP/1.1 ').slice(1);
    if (first !== '') expect(first).toMatch(/^200 /);
    expect(answer.split('HTTP/1.1 ').length).toBeLessThanOrEqual(3);
  });
});
