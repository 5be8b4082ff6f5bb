import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

const LOOK_EVERY_MS = 50;

/** What stands before several nodes: hands each request to the next one that says it is ready, and never tries twice. */
export type RoundRobin = { readonly url: string; readonly stop: () => void };

export const startRoundRobin = async (nodes: readonly string[]): Promise<RoundRobin> => {
  const agent = new Agent({ keepAlive: true });
  let ready: readonly string[] = [];
  let turn = 0;

  const look = async (): Promise<void> => {
    const found = await Promise.all(
      nodes.map((url) =>
        fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1_000) }).then(
          ({ ok }) => (ok ? [url] : []),
          () => [],
        ),
      ),
    );
    ready = found.flat();
  };

  const forward = (from: IncomingMessage, to: ServerResponse): void => {
    turn += 1;
    const target = ready[turn % ready.length];
    if (target === undefined) return void to.writeHead(502).end('{"code":"no node is ready"}');
    const { method, headers } = from;
    const sent = request(`${target}${from.url}`, { agent, ...(method === undefined ? {} : { method }), headers });
    sent.once('response', (answer) => {
      const { connection: _connection, ...passedOn } = answer.headers;
      to.writeHead(answer.statusCode ?? 502, passedOn);
      answer.pipe(to);
    });
    sent.once('error', (error) => to.writeHead(502).end(JSON.stringify({ code: String(error) })));
    from.pipe(sent);
  };

  await look();
  const looking = setInterval(() => void look(), LOOK_EVERY_MS);
  const server = createServer(forward).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      clearInterval(looking);
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
};
