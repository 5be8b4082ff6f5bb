import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export type Direction = 'requests' | 'answers';

export type Behaviour =
  | { readonly kind: 'passes' }
  /** Nobody listens, and what was open is reset. */
  | { readonly kind: 'refuses' }
  /**
   * Connections stand and are accepted, but no byte moves until it behaves otherwise: then those that waited go on, even
   * if their sender has given up by then.
   */
  | { readonly kind: 'goes silent' }
  /** Each connection is reset once so many more bytes have passed it in that direction. */
  | { readonly kind: 'cuts'; readonly after: number; readonly of: Direction }
  /** The server does as it is told, and nobody hears of it. */
  | { readonly kind: 'drops answers' }
  /** Every piece takes so much longer. */
  | { readonly kind: 'slows down'; readonly ms: number };

/** Stands between a client and a TCP server, and misbehaves as it is told. */
export type TcpProxy = {
  readonly port: number;
  readonly behave: (behaviour: Behaviour) => Promise<void>;
  /** Bytes that reached the other side so far. */
  readonly passed: (direction: Direction) => number;
  readonly stop: () => Promise<void>;
};

const HOST = '127.0.0.1';

export const startTcpProxy = async (target: { readonly host?: string; readonly port: number }): Promise<TcpProxy> => {
  const open = new Set<Socket>();
  const passed = { requests: 0, answers: 0 };
  let behaviour: Behaviour = { kind: 'passes' };
  let changed = Promise.withResolvers<void>();

  const whileSilent = async (): Promise<void> => {
    while (behaviour.kind === 'goes silent') await changed.promise;
  };

  /** How much of a piece still passes; less than all of it means that the connection is cut there. */
  const allowance = (since: Behaviour, direction: Direction, used: number): number =>
    since.kind === 'cuts' && since.of === direction ? since.after - used : Number.POSITIVE_INFINITY;

  const forward = async (from: Socket, to: Socket, direction: Direction): Promise<void> => {
    let since = behaviour;
    let used = 0;
    for await (const piece of from as AsyncIterable<Buffer>) {
      await whileSilent();
      if (behaviour.kind === 'slows down') await setTimeout(behaviour.ms);
      if (behaviour.kind === 'drops answers' && direction === 'answers') continue;
      if (behaviour !== since) [since, used] = [behaviour, 0];
      const allowed = allowance(since, direction, used);
      const part = piece.subarray(0, allowed);
      used += part.length;
      passed[direction] += part.length;
      if (!to.write(part)) await once(to, 'drain');
      if (part.length < piece.length) break;
    }
    // Not reset before what did pass is on its way. A sender who is gone by now takes nothing back of what waited.
    await new Promise<void>((resolve) => to.end(resolve));
  };

  const accept = (client: Socket): void => {
    const server = connect({ host: target.host ?? HOST, port: target.port, noDelay: true });
    client.setNoDelay(true);
    const sockets = [client, server];
    const reset = (): void => {
      for (const socket of sockets) socket.destroy();
    };
    for (const socket of sockets) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      // `forward` hears of it, too.
      socket.on('error', () => undefined);
    }
    forward(client, server, 'requests').then(reset, reset);
    forward(server, client, 'answers').then(reset, reset);
  };

  let listening: Server | null = null;
  let port = 0;

  const listen = async (): Promise<void> => {
    if (listening !== null) return;
    listening = createServer(accept);
    listening.listen(port, HOST);
    await once(listening, 'listening');
    const address = listening.address();
    if (typeof address === 'object' && address !== null) port = address.port;
  };

  const refuse = async (): Promise<void> => {
    const closing = listening;
    listening = null;
    for (const socket of open) socket.destroy();
    if (closing === null) return;
    closing.close();
    await once(closing, 'close');
  };

  const behave = async (next: Behaviour): Promise<void> => {
    behaviour = next;
    changed.resolve();
    changed = Promise.withResolvers<void>();
    await (next.kind === 'refuses' ? refuse() : listen());
  };

  await listen();
  return { port, behave, passed: (direction) => passed[direction], stop: refuse };
};
