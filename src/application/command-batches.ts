import type { AnyEvent } from '../domain/event.ts';
import type { NewEvent } from '../event-store/event-store.ts';
import { eventsOfCommand } from './command-events.ts';
import type { ExecutorDependencies, FollowUp, Loaded } from './execute.ts';
import { assertExpected } from './execute-errors.ts';
import type { Decision, Job } from './jobs.ts';

/** An aggregate as the log has it, with the hash of its stream's newest event. */
export type Folded<State> = Loaded<State> & { readonly hash: string };

type Batches<State, Command, Event> = {
  /** What earlier attempts at these commands had caused by that version of the stream, as far as they got something done. */
  readonly doneBefore: (
    stream: string,
    version: number,
    jobs: readonly Job<State, Command, Event>[],
  ) => Promise<ReadonlyMap<Job<State, Command, Event>, readonly Event[]>>;
  /** Decides one after the other, each on the state that the one before leaves; a refusal concerns its own job only. */
  readonly decideAll: (
    start: Folded<State>,
    jobs: readonly Job<State, Command, Event>[],
    done?: ReadonlyMap<Job<State, Command, Event>, readonly Event[]>,
  ) => { readonly state: State; readonly decisions: readonly Decision<Event>[] };
  /** The events of each decision, chained on. */
  readonly encodeAll: (
    stream: string,
    start: Folded<State>,
    decisions: readonly Decision<Event>[],
  ) => readonly (readonly NewEvent[])[];
};

/** Commands of one stream that are decided and written together. */
export const createCommandBatches = <State, Command, Event extends AnyEvent>(
  dependencies: Pick<ExecutorDependencies<State, Command, Event>, 'eventStore' | 'codec' | 'decider' | 'now'>,
): Batches<State, Command, Event> => {
  const { eventStore, codec, decider, now } = dependencies;

  const doneBefore: Batches<State, Command, Event>['doneBefore'] = async (stream, version, jobs) => {
    const done = new Map<Job<State, Command, Event>, readonly Event[]>();
    for (const job of version === 0 ? [] : jobs) {
      const found = await eventsOfCommand(eventStore, stream, version, job.context.commandId);
      const events = found.flatMap((recorded) => {
        const decoded = codec.decode(recorded);
        // The stream's name decides which aggregate its events belong to.
        return decoded.ok ? [decoded.event as AnyEvent as Event] : [];
      });
      if (found.length > 0) done.set(job, events);
    }
    return done;
  };

  const decideAll: Batches<State, Command, Event>['decideAll'] = (start, jobs, done) => {
    let { state, version } = start;
    const decide = ({ command, context }: FollowUp<Command>) => {
      const events = decider.decide(command, state);
      for (const event of events) state = decider.evolve(state, event);
      version += events.length;
      return { events, context };
    };
    const decisions = jobs.map((job): Decision<Event> => {
      const before = done?.get(job);
      if (before !== undefined) return { before };
      const { expectedVersions, andThen } = job.options;
      const caused = [];
      try {
        assertExpected(version, expectedVersions);
        const first = decide(job);
        caused.push(first);
        const next = first.events.length === 0 ? null : (andThen?.(state) ?? null);
        if (next !== null) caused.push(decide(next));
      } catch (refusal) {
        // Where only the follow-up failed, the command stands by itself: whoever follows the log takes up the rest.
        if (caused.length === 0) return { refusal };
      }
      return { caused };
    });
    return { state, decisions };
  };

  const encodeAll: Batches<State, Command, Event>['encodeAll'] = (stream, start, decisions) => {
    let { version, hash: previousHash } = start;
    const recordedAt = now();
    return decisions.map((decision) =>
      ('caused' in decision ? decision.caused : []).flatMap(({ events, context }) => {
        if (events.length === 0) return [];
        const encoded = codec.encode(events, { stream, version, previousHash, metadata: { recordedAt, ...context } });
        version += encoded.length;
        previousHash = encoded.at(-1)?.hash ?? previousHash;
        return encoded;
      }),
    );
  };

  return { doneBefore, decideAll, encodeAll };
};
