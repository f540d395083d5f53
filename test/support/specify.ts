import { expect } from '@jest/globals';
import { type Decider } from '../../src/event-sourcing/decider.js';
import { type NewEvent } from '../../src/event-sourcing/event-store.js';
import { Rejection } from '../../src/event-sourcing/rejection.js';

/** A command, and when it is given. */
export type Given<Command> = readonly [day: string, command: Command];

/** The metadata of what admin says on a day. */
export const saidOn = (day: string) => {
  const at = Date.parse(`${day}T00:00:00Z`);
  return {
    id: `event of ${day}`,
    metadata: { actor: { id: 'admin', kind: 'person' }, occurredAt: at, recordedAt: at, schemaVersion: 1 } as const,
  };
};

type Asked<Command> = Command extends unknown ? Omit<Command, 'id' | 'metadata'> : never;

/** Given commands, when a command, then events: a decider whose commands are said by admin on some day. */
export const specify = <State, Command, Event extends NewEvent>(decider: Decider<State, Command, Event>) => ({
  given: (...earlier: readonly Given<Asked<Command>>[]) => {
    const decide = (state: State, [day, command]: Given<Asked<Command>>) =>
      decider.decide({ ...command, ...saidOn(day) } as Command, state);
    const evolved = (state: State, events: readonly Event[]) => events.reduce((s, e) => decider.evolve(s, e), state);
    const state = earlier.reduce((before, given) => evolved(before, decide(before, given)), decider.initial);
    return {
      state,
      when: (day: string, command: Asked<Command>) => ({
        then: (...expected: readonly (readonly [type: Event['type'], data: object])[]) => {
          const events = decide(state, [day, command]);
          expect(events.map(({ type, data }) => [type, data])).toEqual(
            expected.map(([type, data]) => [type, expect.objectContaining(data)]),
          );
        },
        thenRejected: (code: string, message = '') => {
          let caused: unknown;
          try {
            caused = decide(state, [day, command]);
          } catch (error) {
            if (!(error instanceof Rejection)) throw error;
            caused = { code: error.code, message: error.message };
          }
          expect(caused).toEqual({ code, message: expect.stringContaining(message) });
        },
      }),
    };
  },
});
