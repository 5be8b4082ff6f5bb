import type { CommandContext, Executed, ExecuteOptions, FollowUp, Loaded } from './execute.ts';

/** A command that waits for its turn, and whom to tell what became of it. */
export type Job<State, Command, Event> = FollowUp<Command> & {
  readonly options: ExecuteOptions<State, Command>;
  readonly resolve: (executed: Executed<State, Event>) => void;
  readonly reject: (reason: unknown) => void;
};

/** What a job caused, by the context it was caused in; or why it was refused. */
export type Decision<Event> =
  | { readonly caused: readonly { readonly events: readonly Event[]; readonly context: CommandContext }[] }
  | { readonly refusal: unknown };

/** Answers each job by its decision, with the state after all of them. */
export const settle = <State, Command, Event>(
  jobs: readonly Job<State, Command, Event>[],
  decisions: readonly Decision<Event>[],
  { state, version, position }: Loaded<State>,
): void => {
  jobs.forEach(({ resolve, reject }, index) => {
    const decision = decisions[index];
    if (decision === undefined || 'refusal' in decision) reject(decision?.refusal);
    else resolve({ state, version, position, events: decision.caused.flatMap(({ events }) => events) });
  });
};
