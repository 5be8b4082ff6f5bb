import { setTimeout } from 'node:timers/promises';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { type FoldedLog, foldLog, halfDone } from './log-laws.ts';
import { ownPort } from './own-port.ts';
import { PROCESS_SECRET, type ServiceProcess, startProcess } from './service-process.ts';

export type ClusterNode = {
  readonly name: string;
  readonly url: string;
  readonly process: () => ServiceProcess;
  /** Ends the process at once and starts it again; resolves when it is ready. */
  readonly crash: () => Promise<void>;
  /** Stops the process in order and starts it again; answers what it ended with. */
  readonly restart: () => Promise<number | null>;
};

export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** Several processes on the same stores. */
export type Cluster = {
  readonly nodes: readonly ClusterNode[];
  readonly apis: readonly ClusterNode[];
  /**
   * Sends to the API nodes in turn, as a client does that follows our advice: to the next one where one does not answer, or
   * answers 503, until one says what became of it.
   */
  readonly send: (method: string, path: string, body?: unknown) => Promise<Answer>;
  readonly stop: () => Promise<void>;
};

export const startCluster = async (options: {
  readonly roles: readonly ('all' | 'api' | 'worker')[];
  readonly dataDir: string;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Cluster> => {
  const { roles, dataDir, environment = {} } = options;
  const starting = await Promise.allSettled(
    roles.map((role, index) => startNode(`${role}-${index}`, dataDir, ownPort(index), { ...environment, ROLE: role })),
  );
  const nodes = starting.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.process().terminate())));
  const failed = starting.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const apis = nodes.filter((_, index) => roles[index] !== 'worker');
  let turn = 0;
  const send: Cluster['send'] = async (method, path, body) => {
    for (;;) {
      turn += 1;
      const { url } = apis[turn % apis.length] ?? { url: '' };
      const answer = await call(url, method, path, body).catch(() => null);
      if (answer !== null && answer.status !== 503) return answer;
      await setTimeout(20);
    }
  };
  return { nodes, apis, send, stop };
};

const startNode = async (
  name: string,
  dataDir: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<ClusterNode> => {
  let current = await startProcess(dataDir, port, environment);
  let restarted: Promise<unknown> = Promise.resolve();
  /** One after the other: a process that is still starting is not left behind. */
  const inTurn = <Outcome>(end: () => Promise<Outcome>): Promise<Outcome> => {
    const turn = restarted.then(async () => {
      const outcome = await end();
      current = await startProcess(dataDir, port, environment);
      return outcome;
    });
    restarted = turn;
    return turn;
  };
  return {
    name,
    url: current.url,
    process: () => current,
    crash: () => inTurn(() => current.kill()),
    restart: () => inTurn(() => current.terminate()),
  };
};

/** Rejects where no answer comes. */
export const call = async (url: string, method: string, path: string, body?: unknown): Promise<Answer> => {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${PROCESS_SECRET}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
};

export const orderFor = (number: string | number, lines: readonly { sku: string; quantity: number }[]) => ({
  channelId: 'web',
  channelOrderNumber: `${number}`,
  destination: { country: 'GB', postcode: 'LS1 1AA' },
  method: 'homeDelivery',
  lines,
});

const REST_MS = 20_000;

/** The log once the nodes have nothing left to do, or as it stands after a while. */
export const quiescent = async (eventStore: EventStore): Promise<FoldedLog> => {
  const deadline = performance.now() + REST_MS;
  for (;;) {
    const log = await foldLog(eventStore);
    if (halfDone(log).length === 0 || performance.now() > deadline) return log;
    await setTimeout(250);
  }
};
