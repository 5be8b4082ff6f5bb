import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Circuit, createCircuit } from '../../src/application/circuit.ts';

const COMPLAINT = 'the store does not answer';
const TIMES = { everyMs: 20, againMs: 5, silenceMs: 40 };

describe('a circuit', () => {
  let answer: () => Promise<unknown>;
  let asked: number;
  let circuit: Circuit;
  let stopping: AbortController;
  let running: Promise<void>;

  beforeEach(() => {
    asked = 0;
    answer = async () => undefined;
    stopping = new AbortController();
    const probe = (): Promise<unknown> => {
      asked += 1;
      return answer();
    };
    circuit = createCircuit(COMPLAINT, { probe }, TIMES);
    running = circuit.run(stopping.signal);
  });
  afterEach(async () => {
    stopping.abort();
    await running;
  });

  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await setTimeout(1);
  };

  const refuse = async (): Promise<never> => {
    throw new Error('no');
  };
  const never = (): Promise<never> => new Promise(() => undefined);

  it('finds nothing wrong with a store that answers', async () => {
    await until(() => asked > 3);
    expect(circuit.trouble()).toBeNull();
  });

  it('says what is wrong while the store refuses, and finds out soon that it does no more', async () => {
    answer = refuse;
    await until(() => circuit.trouble() === COMPLAINT);
    answer = async () => undefined;
    await until(() => circuit.trouble() === null);
  });

  it('asks a silent store nothing more, and says so when it was silent twice', async () => {
    answer = never;
    await until(() => circuit.trouble() === COMPLAINT);
    const before = asked;
    await setTimeout(3 * TIMES.silenceMs);
    expect(asked).toBe(before);
  });

  it('takes one silence for its own', async () => {
    let isFirst = true;
    answer = async () => {
      if (isFirst) await setTimeout(1.3 * TIMES.silenceMs);
      isFirst = false;
    };
    const seen = new Set<string | null>();
    await until(() => {
      seen.add(circuit.trouble());
      return asked > 3;
    });
    expect([...seen]).toEqual([null]);
  });

  it('looks at once when something else has failed', async () => {
    await until(() => asked > 0);
    let looks = 0;
    const probe = async (): Promise<void> => {
      looks += 1;
    };
    const patient = createCircuit(COMPLAINT, { probe }, { ...TIMES, everyMs: 60_000 });
    const looking = patient.run(stopping.signal);
    await until(() => looks === 1);
    await setTimeout(5);
    patient.suspect();
    await until(() => looks === 2);
    stopping.abort();
    await looking;
  });

  it('wants proof once something has failed, though the store seems to answer, and only then', async () => {
    let proofs = 0;
    let isFull = true;
    const proof = async (): Promise<void> => {
      proofs += 1;
      if (isFull) throw new Error('full');
    };
    const strict = createCircuit(COMPLAINT, { probe: async () => undefined, proof }, TIMES);
    const looking = strict.run(stopping.signal);
    await setTimeout(3 * TIMES.everyMs);
    expect([strict.trouble(), proofs]).toEqual([null, 0]);
    strict.suspect();
    await until(() => proofs > 2);
    expect(strict.trouble()).toBe(COMPLAINT);
    isFull = false;
    await until(() => strict.trouble() === null);
    const needed = proofs;
    await setTimeout(3 * TIMES.everyMs);
    expect(proofs).toBe(needed);
    stopping.abort();
    await looking;
  });
});
