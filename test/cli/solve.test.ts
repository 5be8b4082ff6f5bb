import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { answerLine } from '../../src/cli/solve.ts';
import type { Problem } from '../../src/domain/sourcing/problem.ts';
import { solve } from '../../src/domain/sourcing/solve.ts';
import { families, instance } from '../domain/sourcing/instances.ts';

const problem: Problem = {
  demand: [2],
  unfilledCost: [900],
  locations: [
    { fixedCost: 100, capacity: 0, offers: [{ line: 0, units: 1, unitCost: 7 }] },
    { fixedCost: 120, capacity: 0, offers: [{ line: 0, units: 2, unitCost: 5 }] },
  ],
  maxLocations: 0,
  wholeLines: false,
};

const sourcefold =
  (...args: readonly string[]) =>
  (input: string) =>
    spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts', 'solve', ...args], {
      input,
      encoding: 'utf8',
    });

describe('a line of sourcefold solve', () => {
  it('is answered with the cheapest plan', () => {
    const answer = answerLine(JSON.stringify(problem), 1, {});
    expect(JSON.parse(answer?.text ?? '')).toEqual({
      objective: 130,
      bound: 130,
      proven: true,
      plan: [{ location: 1, line: 0, units: 2 }],
      unfilled: [0],
      nodes: 0,
    });
  });

  it('says that the answer stood the check, when asked to check', () => {
    const answer = answerLine(JSON.stringify(problem), 1, { check: true });
    expect(JSON.parse(answer?.text ?? '')).toMatchObject({ objective: 130, checked: true });
  });

  it('names line and path of what is no problem', () => {
    const refused = answerLine(JSON.stringify({ ...problem, demand: [-2] }), 7, {});
    expect(refused?.isAnswer).toBe(false);
    expect(JSON.parse(refused?.text ?? '')).toEqual({
      line: 7,
      faults: [{ path: 'demand[0]', message: 'expected a whole number from 0, found -2' }],
    });
  });

  it('takes what was left out for no limit, and a number that is too large for what it is', () => {
    const { maxLocations: _none, wholeLines: _no, ...rest } = problem;
    const locations = problem.locations.map(({ capacity: _any, ...location }) => ({ ...location, tariff: null }));
    const answer = answerLine(JSON.stringify({ ...rest, weight: null, locations }), 1, {});
    expect(answer).toEqual(answerLine(JSON.stringify(problem), 1, {}));
    const tooLarge = answerLine(JSON.stringify(problem).replace('[2]', '[1e400]'), 1, {});
    expect(tooLarge?.text).toContain('found Infinity');
  });

  it('names the line of what is no JSON', () => {
    const refused = answerLine('{"demand": [2', 3, {});
    expect(JSON.parse(refused?.text ?? '')).toMatchObject({ line: 3, faults: [{ path: '' }] });
  });

  it('is passed over when blank, and read with a byte order mark', () => {
    expect(answerLine('  ', 2, {})).toBeNull();
    expect(answerLine(`\ufeff${JSON.stringify(problem)}`, 1, {})?.isAnswer).toBe(true);
  });
});

describe('sourcefold solve', () => {
  it('gives in another process the identical answers, in order', () => {
    const problems = families.flatMap((family) =>
      [1, 2, 3].map((seed) => instance({ family, profile: 'cost', locations: 40, lines: 6, seed })),
    );
    const { stdout, status } = sourcefold('-')(problems.map((one) => JSON.stringify(one)).join('\n'));
    expect(stdout).toBe(problems.map((one) => `${JSON.stringify(solve(one))}\n`).join(''));
    expect(status).toBe(0);
  });

  it('answers every line that is a problem, and ends with 1 when one was not', () => {
    const { stdout, status } = sourcefold(
      '--check',
      '-',
    )(`${JSON.stringify(problem)}\nnope\n${JSON.stringify(problem)}\n`);
    const kinds = stdout
      .trimEnd()
      .split('\n')
      .map((line) => ('faults' in JSON.parse(line) ? 'fault' : 'answer'));
    expect(kinds).toEqual(['answer', 'fault', 'answer']);
    expect(status).toBe(1);
  });

  it('keeps to the given limit on nodes', () => {
    const hard = instance({ family: 'cover', profile: 'cost', locations: 200, lines: 40, seed: 3 });
    const { stdout } = sourcefold('--max-nodes', '2', '-')(JSON.stringify(hard));
    expect(JSON.parse(stdout)).toMatchObject({ proven: false, nodes: 2 });
  });

  it.each([
    ['no-such-file.jsonl', 'There is no file no-such-file.jsonl.'],
    ['test/cli', 'test/cli is a folder: name a file in it.'],
  ])('says in a sentence what is wrong with the file %s, and ends with 2', (file, sentence) => {
    const { stderr, status } = sourcefold(file)('');
    expect({ stderr, status }).toEqual({ stderr: `${sentence}\n`, status: 2 });
  });
});
