import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { IsNotEmpty, IsOptional, Max, MaxLength, Min } from 'class-validator';
import { WordListEnum } from '../../api/graphql/enums.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { IsWord } from '../../api/graphql/is-word.js';
import { Requires } from '../../auth/requires.js';
import { type WordList } from '../domain/words.js';
import { CatalogueChangeType } from './catalogue.types.js';

const rank = 'The higher ranks higher. Of priorities alone; null for other words.';

@ObjectType('Word', { description: 'A word by which the desk sorts its tickets: a type, a channel or a priority.' })
export class WordType {
  @Field(() => WordListEnum, { description: 'What it is for.' })
  list!: WordList;

  @Field(() => ID, { description: 'What tickets and plans say. Case and outer blanks do not count.' })
  code!: string;

  @Field(() => String, { description: 'Its name, for people.' })
  name!: string;

  @Field(() => Int, { nullable: true, description: rank })
  rank!: number | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'New tickets refuse it from then on; null while it is in use.',
  })
  retiredFrom!: number | null;

  @Field(() => Boolean, { description: 'Whether Pledge brings it along.' })
  isBuiltIn!: boolean;

  @Requires('readHistory')
  @Field(() => [CatalogueChangeType], {
    description: 'All that was recorded of it, in that order, with who did it when; for the roles that read histories.',
  })
  history!: Promise<readonly CatalogueChangeType[]>;
}

@InputType({ isAbstract: true })
class OfWordInput {
  @Field(() => WordListEnum, { description: 'What it is for.' })
  list!: WordList;

  @Field(() => ID, { description: 'The word: 1 to 60 characters. Case and outer blanks do not count.' })
  @IsWord()
  code!: string;
}

@InputType({ isAbstract: true })
class NamedWordInput extends OfWordInput {
  @Field(() => String, {
    nullable: true,
    description: 'Its name, for people; as it was, or as its code, if it is left out.',
  })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(200)
  name?: string;

  @Field(() => Int, { nullable: true, description: 'Of a priority: how it ranks; as it was, or 0, if it is left out.' })
  @IsOptional()
  @Min(-1000)
  @Max(1000)
  rank?: number;
}

@InputType('DefineWordInput', { description: 'A new word; tickets may have it, whenever they were opened.' })
export class DefineWordInput extends NamedWordInput {}

@InputType('ReviseWordInput', {
  description: 'Another name or rank for a word. Its code stays: tickets have recorded it.',
})
export class ReviseWordInput extends NamedWordInput {}

@InputType('RetireWordInput', { description: 'Retires a word: new tickets refuse it, those that have it keep it.' })
export class RetireWordInput extends OfWordInput {
  @Field(() => InstantScalar, {
    nullable: true,
    description:
      'From then on; from now on if it is left out. What occurred before may have it, whenever it is recorded.',
  })
  effectiveFrom?: number;
}

@InputType('RestoreWordInput', { description: 'Takes a retired word back, as if it had never been retired.' })
export class RestoreWordInput extends OfWordInput {}
