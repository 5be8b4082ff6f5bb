type Arrival<T> = { result: PromiseSettledResult<IteratorResult<T>> | null; wake: () => void };

/** What the source yields, and null whenever it has yielded nothing for so long. */
export async function* withTicks<T>(source: AsyncIterable<T>, everyMs: number): AsyncGenerator<T | null, void> {
  const iterator = source[Symbol.asyncIterator]();
  const arrival: Arrival<T> = { result: null, wake: () => undefined };

  const pull = async (): Promise<void> => {
    const [result] = await Promise.allSettled([iterator.next()]);
    arrival.result = result;
    arrival.wake();
  };

  let pulling = pull();
  try {
    while (true) {
      if (arrival.result === null) await arrivalOrTick(arrival, everyMs);
      const { result } = arrival;
      if (result === null) {
        yield null;
        continue;
      }
      if (result.status === 'rejected') throw result.reason;
      if (result.value.done === true) return;
      yield result.value.value;
      arrival.result = null;
      pulling = pull();
    }
  } finally {
    await pulling;
    await iterator.return?.();
  }
}

const arrivalOrTick = (arrival: Arrival<unknown>, everyMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, everyMs);
    arrival.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
