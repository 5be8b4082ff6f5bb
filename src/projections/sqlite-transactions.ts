import type { DatabaseSync } from 'node:sqlite';

/** Runs a task in a transaction, and answers once that is committed. */
export type Transact = <Answer>(task: () => Answer) => Promise<Answer>;

type Waiting = { readonly perform: () => () => void; readonly reject: (error: unknown) => void };

/**
 * Tasks that wait at one moment share a transaction, as a commit costs more than most of what is in it. Where one of them
 * fails, all is taken back, and each is run by itself: the failure is its own.
 */
export const createTransactions = (db: DatabaseSync): { readonly transact: Transact; readonly flush: () => void } => {
  let waiting: Waiting[] = [];

  /** Answers what to tell each task's caller. */
  const commit = (tasks: readonly Waiting[]): readonly (() => void)[] => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const answers = tasks.map(({ perform }) => perform());
      db.exec('COMMIT');
      return answers;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  const settle = (tasks: readonly Waiting[]): void => {
    try {
      for (const answer of commit(tasks)) answer();
    } catch (error) {
      const [only, ...others] = tasks;
      if (others.length === 0) only?.reject(error);
      else for (const task of tasks) settle([task]);
    }
  };

  const flush = (): void => {
    const tasks = waiting;
    waiting = [];
    if (tasks.length > 0) settle(tasks);
  };

  const transact: Transact = (task) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      const perform = () => {
        const answer = task();
        return () => resolve(answer);
      };
      waiting.push({ perform, reject });
    });

  return { transact, flush };
};
