import { describe, expect, it } from '@jest/globals';
import { joinsDecider, survivorAt } from '../../../src/catalogue/domain/joins-decider.js';
import { specify } from '../../support/specify.js';

const { given } = specify(joinsDecider);
const day = (date: string) => Date.parse(`${date}T00:00:00Z`);
const join = (customer: string, into: string, date?: string) =>
  ({ type: 'JoinCustomers', customer, into, effectiveFrom: date === undefined ? undefined : day(date) }) as const;

const joined = given(['2026-03-01', join('old', 'acme', '2026-04-01')]);

describe('two ids of one company', () => {
  it('are joined from a date on, once', () => {
    given()
      .when('2026-03-01', join('old', 'acme', '2026-04-01'))
      .then(['CustomersJoined', { customer: 'old', into: 'acme', effectiveFrom: day('2026-04-01') }]);
    given()
      .when('2026-03-01', join('old', 'acme'))
      .then(['CustomersJoined', { effectiveFrom: day('2026-03-01') }]);
    joined.when('2026-03-02', join('old', 'acme')).then();
    joined
      .when('2026-03-02', join('old', 'acme', '2026-05-01'))
      .thenRejected('CUSTOMER_JOINED', 'acme from 2026-04-01');
    joined.when('2026-03-02', join('old', 'globex')).thenRejected('CUSTOMER_JOINED', 'acme');
  });

  it('are two until then, and one from then on, over several joins too', () => {
    const { state } = given(
      ['2026-03-01', join('old', 'acme', '2026-04-01')],
      ['2026-03-02', join('acme', 'holding', '2026-05-01')],
    );
    const on = (date: string) => survivorAt(state, 'old', day(date));
    expect([on('2026-03-31'), on('2026-04-01'), on('2026-05-01')]).toEqual(['old', 'acme', 'holding']);
  });

  it('make no circle, whatever the dates', () => {
    given().when('2026-03-01', join('acme', 'acme')).thenRejected('JOIN_INTO_ITSELF');
    joined.when('2026-03-02', join('acme', 'old', '2026-09-01')).thenRejected('JOIN_CYCLE', 'old');
    given(['2026-03-01', join('a', 'b')], ['2026-03-02', join('b', 'c')])
      .when('2026-03-03', join('c', 'a'))
      .thenRejected('JOIN_CYCLE');
  });
});
