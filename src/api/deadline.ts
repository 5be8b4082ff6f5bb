import { ApiProblem } from './problem.ts';

/** Nobody waits longer for an answer to a command, whatever became of the stores. */
export const COMMAND_DEADLINE_MS = 10_000;
/** A query may wait for a read model first. */
export const QUERY_DEADLINE_MS = 12_000;

/** The same answer, or a problem when it takes too long. What was begun goes on, so it may yet be done. */
export const inTime = <Answer>(method: string, work: Promise<Answer>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const longest = method === 'get' ? QUERY_DEADLINE_MS : COMMAND_DEADLINE_MS;
    const timer = setTimeout(() => reject(new ApiProblem('timed-out')), longest);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
