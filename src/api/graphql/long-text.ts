import { Extensions } from '@nestjs/graphql';
import { type GraphQLInputField } from 'graphql';

/** How long a text in a variable may be where its field says nothing else: a document may use it in each of its fields. */
export const usualText = 10_000;

/** Says of a field of an input how long its text may be, where that is longer than others are. The schema carries it. */
export const LongText = (characters: number): PropertyDecorator => Extensions({ longestText: characters });

export const longestText = ({ extensions }: Pick<GraphQLInputField, 'extensions'>): number => {
  const declared = extensions['longestText'];
  return typeof declared === 'number' ? declared : usualText;
};
