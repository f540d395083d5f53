import { Inject } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Args, ArgsType, Field, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { WordListEnum } from '../../api/graphql/enums.js';
import { MayScan } from '../../api/graphql/may-scan.js';
import { givenValues, ReadArgs } from '../../api/graphql/relay-connection.js';
import { orRejection } from '../../api/graphql/rejected.js';
import { type Reader } from '../../auth/asker.js';
import { type Identity } from '../../auth/identity.js';
import { Asking, Caller, Requires } from '../../auth/requires.js';
import { EVENT_STORE } from '../../di-tokens.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type WordRequest } from '../commands/change-word.js';
import { ChangeWordCommand } from '../commands/change-word-handler.js';
import { type WordList, wordLists, type Words } from '../domain/words.js';
import { WordsOfDeskQuery } from '../queries/catalogue-queries.js';
import { noticesOfChange, wordDefined } from './catalogue-results.js';
import { toWordType, wordAs } from './to-types.js';
import { DefineWordInput, RestoreWordInput, RetireWordInput, ReviseWordInput, WordType } from './word.types.js';

@ArgsType()
class WordsArgs extends ReadArgs {
  @Field(() => WordListEnum, { nullable: true, description: 'Those for this; all if it is left out.' })
  list?: WordList;
}

@ArgsType()
class WordArgs extends ReadArgs {
  @Field(() => WordListEnum, { description: 'What it is for.' })
  list!: WordList;

  @Field(() => ID, { description: 'The word, in any case.' })
  code!: string;
}

/** Types, channels and priorities, in the desk's own words. */
@Resolver()
export class WordsResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Requires('readCatalogue')
  @MayScan()
  @Query(() => [WordType], {
    nullable: true,
    description:
      "The desk's words, retired ones too: types, channels, priorities. Priorities by rank, the highest first.",
  })
  async words(@Args() { list, minPosition }: WordsArgs, @Asking() reader: Reader) {
    const words = await this.queries.execute(new WordsOfDeskQuery(reader, minPosition));
    return (list == null ? wordLists : [list]).flatMap((one) => inOrder(words, one));
  }

  @Requires('readCatalogue')
  @MayScan()
  @Query(() => WordType, { nullable: true, description: 'A word of the desk; null where there is none.' })
  async word(@Args() { list, code, minPosition }: WordArgs, @Asking() reader: Reader) {
    return wordAs(await this.queries.execute(new WordsOfDeskQuery(reader, minPosition)), list, code) ?? null;
  }

  @Requires('changePlans')
  @Mutation(() => wordDefined.Result, {
    nullable: true,
    description: 'Defines a word of the desk. Refused: WORD_EXISTS, WORD_WITHOUT_RANK, TOO_MANY_WORDS.',
  })
  defineWord(@Args('input', { description: 'The word.' }) input: DefineWordInput, @Caller() caller: Identity) {
    return this.change({ type: 'DefineWord', ...named(input) }, caller);
  }

  @Requires('changePlans')
  @Mutation(() => wordDefined.Result, {
    nullable: true,
    description: 'Gives a word another name, or a priority another rank. Refused: WORD_NOT_FOUND, WORD_WITHOUT_RANK.',
  })
  reviseWord(@Args('input', { description: 'The word.' }) input: ReviseWordInput, @Caller() caller: Identity) {
    return this.change({ type: 'ReviseWord', ...named(input) }, caller);
  }

  @Requires('changePlans')
  @Mutation(() => wordDefined.Result, {
    nullable: true,
    description: 'Retires a word: new tickets refuse it, and tickets that have it keep it. Refused: WORD_NOT_FOUND.',
  })
  retireWord(@Args('input', { description: 'The word.' }) input: RetireWordInput, @Caller() caller: Identity) {
    const { list, code, effectiveFrom } = input;
    return this.change(
      { type: 'RetireWord', list, code: code.trim(), effectiveFrom: effectiveFrom ?? undefined },
      caller,
    );
  }

  @Requires('changePlans')
  @Mutation(() => wordDefined.Result, {
    nullable: true,
    description: 'Takes a retired word back, as if it had never been retired. Refused: WORD_NOT_FOUND.',
  })
  restoreWord(@Args('input', { description: 'The word.' }) input: RestoreWordInput, @Caller() caller: Identity) {
    return this.change({ type: 'RestoreWord', list: input.list, code: input.code.trim() }, caller);
  }

  private change(request: WordRequest, { actor }: Identity) {
    const changed = this.commands
      .execute(new ChangeWordCommand(request, actor))
      .then(({ history: words, position, recorded }) => {
        const word = wordAs(words, request.list, request.code);
        if (word === undefined) throw new Error('what was changed is not there');
        const notices = noticesOfChange(recorded, word.code);
        const answer = { thing: word, position: toCursor(this.store, position), notices };
        return Object.assign(new wordDefined.Defined(), answer);
      });
    return orRejection(changed);
  }
}

const named = ({ list, code, name, rank }: DefineWordInput) => ({
  list,
  code: code.trim(),
  ...givenValues({ name, rank }),
});

function inOrder(words: Words, list: WordList): readonly WordType[] {
  const types = [...words[list].values()].map(toWordType);
  return list === 'priority' ? types.sort((a, b) => (b.rank ?? 0) - (a.rank ?? 0)) : types;
}
