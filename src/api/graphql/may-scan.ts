import { Extensions } from '@nestjs/graphql';
import { type GraphQLField } from 'graphql';

/**
 * Says of a query, or of a field of its answer, that it may look at many rows, lay out a whole ticket or fold a whole history, however few rows it answers: a document that asks
 * for it costs more than its answer. The schema carries it.
 */
export const MayScan = (): MethodDecorator & PropertyDecorator => Extensions({ mayScan: true });

/** Whether a field was declared so. */
export const mayScan = (field: Pick<GraphQLField<unknown, unknown>, 'extensions'> | undefined): boolean =>
  field?.extensions['mayScan'] === true;
