import type { CommandContext, Executed, ExecuteOptions, FollowUp, Loaded } from './execute.ts';

/** A command that waits for its turn, and whom to tell what became of it. */
export type Job<State, Command, Event> = FollowUp<Command> & {
  readonly options: ExecuteOptions<State, Command>;
  readonly resolve: (executed: Executed<State, Event>) => void;
  readonly reject: (reason: unknown) => void;
};

/** What a job caused, by the context it was caused in; or what an earlier attempt at it had; or why it was refused. */
export type Decision<Event> =
  | { readonly caused: readonly { readonly events: readonly Event[]; readonly context: CommandContext }[] }
  | { readonly before: readonly Event[] }
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
    else {
      const events = 'before' in decision ? decision.before : decision.caused.flatMap((one) => one.events);
      resolve({ state, version, position, events });
    }
  });
};
