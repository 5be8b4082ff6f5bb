import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { checkAnswer } from '../domain/sourcing/check.ts';
import { parseProblem } from '../domain/sourcing/parse-problem.ts';
import type { Fault } from '../domain/sourcing/problem.ts';
import { type SolveOptions, solve } from '../domain/sourcing/solve.ts';
import { statsOfInput } from './input-file.ts';

export type SolveFileOptions = SolveOptions & { readonly check?: boolean };

/** What is written for one line, and whether it is an answer that nothing is wrong with. */
export type LineAnswer = { readonly text: string; readonly isAnswer: boolean };

const MOST_FAULTS = 20;

const refusal = (line: number, faults: readonly Fault[]): LineAnswer => ({
  text: JSON.stringify({ line, faults: faults.slice(0, MOST_FAULTS) }),
  isAnswer: false,
});

const readJson = (text: string): { readonly value: unknown } | Fault => {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { path: '', message: `not JSON: ${error instanceof Error ? error.message : 'unreadable'}` };
  }
};

/** The answer to the problem on this line; null where the line is blank. */
export const answerLine = (text: string, line: number, options: SolveFileOptions): LineAnswer | null => {
  const json = line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
  if (json.trim() === '') return null;
  const read = readJson(json);
  if (!('value' in read)) return refusal(line, [read]);
  const parsed = parseProblem(read.value);
  if (parsed.status === 'invalid') return refusal(line, parsed.faults);
  const answer = solve(parsed.problem, options);
  if (options.check !== true) return { text: JSON.stringify(answer), isAnswer: true };
  const wrong = checkAnswer(parsed.problem, answer);
  if (wrong.length === 0) return { text: JSON.stringify({ ...answer, checked: true }), isAnswer: true };
  return refusal(
    line,
    wrong.map((message) => ({ path: 'answer', message })),
  );
};

const linesOf = async (file: string): Promise<AsyncIterable<string>> => {
  if (file === '-') return createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  await statsOfInput(file);
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
};

/** `sourcefold solve FILE`: ends with 1 when a line was no problem, or its answer did not stand the check. */
export const solveFile = async (file: string, options: SolveFileOptions): Promise<void> => {
  let line = 0;
  for await (const text of await linesOf(file)) {
    const answer = answerLine(text, ++line, options);
    if (answer === null) continue;
    process.stdout.write(`${answer.text}\n`);
    if (!answer.isAnswer) process.exitCode = 1;
  }
};
