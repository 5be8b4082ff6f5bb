/** An aggregate as three pure functions (after Jérémie Chassaing's decider). */
export type Decider<State, Command, Event> = {
  readonly initialState: () => State;
  /** Never throws, never validates. May change `state` in place: whoever folds owns it. */
  readonly evolve: (state: State, event: Event) => State;
  /** Returns the events that the command causes; `[]` means it is already so. Throws `DomainError` to refuse. */
  readonly decide: (command: Command, state: State) => readonly Event[];
};
