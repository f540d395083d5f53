import { describe, expect, it } from '@jest/globals';
import { builtInWords } from '../../../src/catalogue/domain/built-in-words.js';
import { codesInUse, isInUse, spelledIn, wordIn } from '../../../src/catalogue/domain/words.js';
import { wordsDecider } from '../../../src/catalogue/domain/words-decider.js';
import { specify } from '../../support/specify.js';

const day = (date: string) => Date.parse(`${date}T00:00:00Z`);
const define = (code: string, more: { readonly name?: string; readonly rank?: number } = {}) =>
  ({ type: 'DefineWord', list: 'priority', code, ...more }) as const;
const revise = (code: string, more: { readonly name?: string; readonly rank?: number }) =>
  ({ type: 'ReviseWord', list: 'priority', code, ...more }) as const;
const retire = (code: string, from?: string) =>
  ({
    type: 'RetireWord',
    list: 'priority',
    code,
    effectiveFrom: from === undefined ? undefined : day(from),
  }) as const;
const restore = (code: string) => ({ type: 'RestoreWord', list: 'priority', code }) as const;

const words = specify(wordsDecider);

describe('a word of the desk', () => {
  it('is built in, or defined; without a name it is called by its code', () => {
    expect(codesInUse(words.given().state, 'type', 0)).toEqual([
      ...['productBug', 'productQuestion', 'appSpecificQuestion', 'onBoarding'],
    ]);
    expect(codesInUse(words.given().state, 'channel', 0)).toEqual(['reportIssue', 'email', 'phone']);
    expect(codesInUse(words.given().state, 'priority', 0)).toEqual(['low', 'normal', 'high', 'urgent']);
    words
      .given()
      .when('2026-01-01', define('1 - Critical', { rank: 9 }))
      .then(['WordDefined', { list: 'priority', code: '1 - Critical', name: '1 - Critical', rank: 9 }]);
    words
      .given()
      .when('2026-01-01', { type: 'DefineWord', list: 'channel', code: 'chat', name: 'Chat' })
      .then(['WordDefined', { list: 'channel', code: 'chat', name: 'Chat', rank: null }]);
  });

  it('is one word in any case, spelled as it was defined', () => {
    const { state } = words.given(['2026-01-01', define('P1', { name: 'Highest', rank: 9 })]);
    expect(['p1', ' P1 ', 'P1'].map((said) => wordIn(state, 'priority', said)?.code)).toEqual(['P1', 'P1', 'P1']);
    expect(wordIn(state, 'type', 'P1')).toBeUndefined();
    expect([spelledIn(state, 'priority', 'URGENT'), spelledIn(state, 'priority', 'p9')]).toEqual(['urgent', 'p9']);
  });

  it('is defined once: the same again is already so, with another name or rank it is refused', () => {
    const defined = words.given(['2026-01-01', define('P1', { name: 'Highest', rank: 9 })]);
    for (const same of [define('P1'), define('p1', { name: 'Highest' }), define('P1', { rank: 9 })])
      defined.when('2026-01-02', same).then();
    defined.when('2026-01-02', define('p1', { name: 'Other' })).thenRejected('WORD_EXISTS', 'P1');
    defined.when('2026-01-02', define('P1', { rank: 1 })).thenRejected('WORD_EXISTS');
    words.given().when('2026-01-02', define('URGENT')).then();
  });

  it('may get another name or rank, never another code', () => {
    const defined = words.given(['2026-01-01', define('P1', { rank: 9 })]);
    defined
      .when('2026-01-02', revise('p1', { name: 'Highest' }))
      .then(['WordRevised', { code: 'P1', name: 'Highest', rank: 9 }]);
    defined.when('2026-01-02', revise('P1', { rank: 9 })).then();
    words
      .given()
      .when('2026-01-02', revise('Urgent', { rank: 7 }))
      .then(['WordRevised', { code: 'urgent', name: 'Urgent', rank: 7 }]);
    words
      .given()
      .when('2026-01-02', revise('P1', { rank: 7 }))
      .thenRejected('WORD_NOT_FOUND', 'P1');
  });

  it('has a rank only as a priority', () => {
    words
      .given()
      .when('2026-01-01', { type: 'DefineWord', list: 'type', code: 'x', rank: 1 })
      .thenRejected('WORD_WITHOUT_RANK', 'rank');
    words
      .given()
      .when('2026-01-01', { type: 'ReviseWord', list: 'channel', code: 'email', rank: 1 })
      .thenRejected('WORD_WITHOUT_RANK', 'rank');
  });

  it('is retired from an instant on, and in use before', () => {
    const retired = words.given(['2026-03-01', retire('Urgent', '2026-02-01')]);
    const urgent = wordIn(retired.state, 'priority', 'urgent');
    expect(urgent && [isInUse(urgent, day('2026-02-01') - 1), isInUse(urgent, day('2026-02-01'))]).toEqual([
      ...[true, false],
    ]);
    expect(codesInUse(retired.state, 'priority', day('2026-03-01'))).toEqual(['low', 'normal', 'high']);
    words
      .given()
      .when('2026-03-01', retire('urgent'))
      .then(['WordRetired', { code: 'urgent', effectiveFrom: day('2026-03-01') }]);
    retired.when('2026-03-02', retire('urgent')).then();
    retired
      .when('2026-03-02', retire('urgent', '2026-01-15'))
      .then(['WordRetired', { effectiveFrom: day('2026-01-15') }]);
    words.given().when('2026-03-01', retire('P1')).thenRejected('WORD_NOT_FOUND');
  });

  it('is taken back as if it had never been retired', () => {
    const retired = words.given(['2026-03-01', retire('urgent')]);
    retired.when('2026-04-01', restore('URGENT')).then(['WordRestored', { list: 'priority', code: 'urgent' }]);
    words.given().when('2026-04-01', restore('urgent')).then();
    const { state } = words.given(['2026-03-01', retire('urgent')], ['2026-04-01', restore('urgent')]);
    expect(wordIn(state, 'priority', 'urgent')).toEqual(wordIn(builtInWords, 'priority', 'urgent'));
    expect(state.priority.get('URGENT')?.history.map(({ type }) => type)).toEqual(['WordRetired', 'WordRestored']);
  });

  it('is one of at most a thousand of its list', () => {
    const many = Array.from({ length: 996 }, (_, i) => ['2026-01-01', define(`P${i}`)] as const);
    words
      .given(...many)
      .when('2026-01-02', define('one too many'))
      .thenRejected('TOO_MANY_WORDS');
  });
});
