import { Catch, type ExceptionFilter } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import { Rejection } from '../event-sourcing/rejection.js';

/** A caller's mistake is the caller's to read: it is answered, and not logged as an error of ours. */
@Catch(Rejection, GraphQLError)
export class QuietRefusals implements ExceptionFilter {
  catch(refusal: unknown): unknown {
    return refusal;
  }
}
