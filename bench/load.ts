import autocannon from 'autocannon';

export type LoadResult = {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
  readonly failures: number;
};

/** POSTs bodies over so many connections, until the time or the number of requests is reached. */
export const post = async (options: {
  readonly url: string;
  readonly secret: string;
  readonly connections: number;
  readonly body: () => unknown;
  readonly seconds?: number;
  readonly amount?: number;
}): Promise<LoadResult> => {
  const started = performance.now();
  const result = await autocannon({
    url: `${options.url}/v1/orders`,
    connections: options.connections,
    ...(options.amount === undefined ? { duration: options.seconds ?? 8 } : { amount: options.amount }),
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${options.secret}` },
        setupRequest: (request) => ({ ...request, body: JSON.stringify(options.body()) }),
      },
    ],
  });
  const seconds = (performance.now() - started) / 1_000;
  return {
    perSecond: result.requests.total / (options.amount === undefined ? result.duration : seconds),
    p50: result.latency.p50,
    p99: result.latency.p99,
    requests: result.requests.total,
    failures: result.non2xx + result.errors,
  };
};
