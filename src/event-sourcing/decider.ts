/**
 * The pure heart of an aggregate: what its events mean, and which events a command causes.
 * After Jérémie Chassaing's "Functional Event Sourcing Decider".
 */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  /** Total: an event it does not know leaves the state as it is. */
  evolve(state: State, event: Event): State;
  /** The events that a command causes; none means "already so". Throws a {@link Rejection}, and then nothing is recorded. */
  decide(command: Command, state: State): readonly Event[];
}
