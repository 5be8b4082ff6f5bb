/** Lets work for one key begin when the work before it, for the same key, has ended. */
export type Turns = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

export const createTurns = (): Turns => {
  const latest = new Map<string, Promise<unknown>>();

  return (key, work) => {
    const turn = (latest.get(key) ?? Promise.resolve()).then(work, work);
    latest.set(key, turn);
    const forget = (): void => {
      if (latest.get(key) === turn) latest.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  };
};
