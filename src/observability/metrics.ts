import { type Health } from './health.js';

/** One figure, by the names and labels that Prometheus knows it by. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly values: readonly { readonly labels?: string; readonly value: number }[];
}

/** The content type of Prometheus's text format. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/** What {@link Health} says, in Prometheus's text format. */
export const metricsOf = (health: Health): string => metricsIn(health).map(toText).join('');

function metricsIn({ status, store, projections, stuckTickets }: Health): readonly Metric[] {
  const one = (name: string, help: string, value: number, type: Metric['type'] = 'gauge'): Metric => ({
    ...{ name: `pledge_${name}`, help, type },
    values: [{ value }],
  });
  return [
    one('up', 'Whether all is well: 1 or 0.', Number(status === 'ok')),
    one('store_connected', 'Whether the event store answers.', Number(store.connected)),
    one('store_live', 'Whether the log is followed up to its end.', Number(store.state === 'live')),
    one('store_lag', "How far behind the log its subscription was, in the store's own measure.", store.lag ?? NaN),
    one('store_reconnects_total', 'How often the subscription was made anew.', store.reconnects, 'counter'),
    {
      name: 'pledge_projection_live',
      help: 'Whether a projection has seen all of the log.',
      type: 'gauge',
      values: projections.map(({ name, state }) => ({
        labels: `{projection="${name}"}`,
        value: Number(state === 'live'),
      })),
    },
    one('stuck_tickets', 'Tickets that some work is stuck on.', stuckTickets),
  ];
}

const toText = ({ name, help, type, values }: Metric) =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n` +
  values.map(({ labels = '', value }) => `${name}${labels} ${value}\n`).join('');
