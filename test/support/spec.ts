import { expect } from 'vitest';
import type { Decider } from '../../src/domain/decider.ts';
import { DomainError, type DomainErrorCode } from '../../src/domain/error.ts';

export const fold = <State, Event>(decider: Decider<State, never, Event>, events: readonly Event[]): State =>
  events.reduce(decider.evolve, decider.initialState());

/** Given a history, when a command comes: the events it yields, the refusal, or nothing because it is so already. */
export const spec = <State, Command, Event>(decider: Decider<State, Command, Event>) => {
  const outcome = (history: readonly Event[], command: Command) => {
    const decide = () => decider.decide(command, fold<State, Event>(decider, history));
    return {
      yields: (...events: readonly Event[]) => expect(decide()).toEqual(events),
      changesNothing: () => expect(decide()).toEqual([]),
      refuses: (code: DomainErrorCode, details: Readonly<Record<string, unknown>> = {}) => {
        expect(decide).toThrow(DomainError);
        expect(decide).toThrow(expect.objectContaining({ code, details: expect.objectContaining(details) }));
      },
    };
  };
  const after = (history: readonly Event[]) => ({ when: (command: Command) => outcome(history, command) });
  return { given: (...history: readonly Event[]) => after(history), when: after([]).when };
};

/** The history that a list of commands makes, each decided on what the ones before it left. */
export const historyOf = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  commands: readonly Command[],
): Event[] => {
  const history: Event[] = [];
  for (const command of commands) history.push(...decider.decide(command, fold<State, Event>(decider, history)));
  return history;
};
