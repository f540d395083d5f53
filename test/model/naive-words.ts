import { type Instant } from '../../src/business-time/calendar.js';
import { type Plan } from '../../src/catalogue/domain/plan.js';
import { type WordList } from '../../src/catalogue/domain/words.js';
import { type TicketCommand } from '../../src/tickets/domain/facts.js';
import { type Life } from './naive-ticket.js';

interface Word {
  readonly code: string;
  retiredFrom: Instant;
}

const builtIn: Readonly<Record<WordList, readonly string[]>> = {
  type: ['productBug', 'productQuestion', 'appSpecificQuestion', 'onBoarding'],
  channel: ['reportIssue', 'email', 'phone'],
  priority: ['low', 'normal', 'high', 'urgent'],
};

const fields = [
  ['ticketType', 'type'],
  ['channel', 'channel'],
  ['priority', 'priority'],
] as const;

/** The words of the desk, as the domain page has them. */
export class NaiveWords {
  private readonly words = new Map<string, Word>();

  constructor() {
    for (const list of ['type', 'channel', 'priority'] as const)
      for (const code of builtIn[list]) this.define(list, code);
  }

  define(list: WordList, code: string): void {
    this.words.set(keyOf(list, code), { code, retiredFrom: Infinity });
  }

  retire(list: WordList, code: string, from: Instant): void {
    const word = this.words.get(keyOf(list, code));
    if (word !== undefined) word.retiredFrom = Math.min(word.retiredFrom, from);
  }

  restore(list: WordList, code: string): void {
    const word = this.words.get(keyOf(list, code));
    if (word !== undefined) word.retiredFrom = Infinity;
  }

  /** A command as the catalogue spells it. */
  spelled(command: TicketCommand): TicketCommand {
    const spelled: Record<string, unknown> = { ...command };
    for (const [field, list] of fields) {
      const said = spelled[field];
      if (typeof said === 'string') spelled[field] = this.spell(list, said);
    }
    return spelled as TicketCommand;
  }

  spelledPlan(plan: Plan): Plan {
    return {
      ...plan,
      types: plan.types.map((type) => this.spell('type', type)),
      channels: plan.channels.map((channel) => this.spell('channel', channel)),
      targets: plan.targets.map((target) => ({
        ...target,
        ...(target.type === undefined ? {} : { type: this.spell('type', target.type) }),
        ...(target.priority === undefined ? {} : { priority: this.spell('priority', target.priority) }),
      })),
    };
  }

  /** Whether a word is one that the desk lacks or has retired by then; what the ticket has already it may keep. */
  refuse(command: TicketCommand, life: Life | undefined, at: Instant): boolean {
    const has = { type: life?.class.type, channel: life?.opening.channel, priority: life?.class.priority };
    return fields.some(([field, list]) => {
      const said = (command as unknown as Record<string, unknown>)[field];
      if (typeof said !== 'string' || said === has[list]) return false;
      return at >= (this.words.get(keyOf(list, said))?.retiredFrom ?? -Infinity);
    });
  }

  private spell(list: WordList, said: string): string {
    return this.words.get(keyOf(list, said))?.code ?? said;
  }
}

const keyOf = (list: WordList, code: string) => `${list} ${code.trim().toLowerCase()}`;
