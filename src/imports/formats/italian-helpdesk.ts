import { officeHours } from '../../catalogue/domain/built-in-plans.js';
import { type ImportFormat } from '../import-record.js';
import { mappedLog } from '../mapping/mapped-log.js';
import { parseMapping } from '../mapping/mapping.js';

/** The log says UTC; its people work nine to five in Rome. */
const calendar = 'italian-helpdesk';

/** The priorities of the log, which does not say which is the highest. */
const seriousness = ['Value 1', 'Value 2', 'Value 3', 'Value 4'];

const mapping = parseMapping({
  source: 'italian-helpdesk',
  rows: 'events',
  times: { format: 'yyyy/MM/dd HH:mm:ss.SSS', zone: 'UTC' },
  ticket: { column: 'Case ID' },
  at: { column: 'Complete Timestamp' },
  actor: { column: 'Resource' },
  customer: { column: 'customer' },
  plan: 'pro',
  calendar,
  type: 'productBug',
  channel: 'email',
  priority: { column: 'seriousness_2' },
  subject: { text: 'Request about {product}' },
  application: { column: 'product' },
  assignee: { column: 'Resource' },
  state: {
    column: 'Activity',
    values: {
      'Insert ticket': 'open',
      'Assign seriousness': 'resumed',
      // The log has no replies to customers: taking a ticket in charge for the first time stands for the first response.
      'Take in charge ticket': ['open', 'firstResponse', 'assigned'],
      Wait: 'waitingForCustomer',
      'Require upgrade': 'waitingForThirdParty',
      'Create SW anomaly': 'waitingForThirdParty',
      'Resolve SW anomaly': ['resumed', 'note'],
      'Schedule intervention': 'scheduled',
      'Resolve ticket': 'resolved',
      RESOLVED: 'resolved',
      // A closing comes by itself, days after resolving; all else is done by people.
      Closed: ['closed', 'automatic'],
    },
    otherwise: 'note',
  },
});

/** The help desk log of an Italian software company (doi:10.4121/uuid:0c60edf1-6f83-4e75-9367-4c63b3e9d5bb). */
export const italianHelpdesk: ImportFormat = {
  name: 'italian-helpdesk',
  summary: 'the help desk log of an Italian company, CSV (doi:10.4121/uuid:0c60edf1-6f83-4e75-9367-4c63b3e9d5bb)',
  async *read(bytes) {
    const definition = officeHours('Europe/Rome');
    const own = { line: 0, raw: '' } as const;
    yield { ...own, record: { kind: 'calendar', code: calendar, name: 'Italian help desk', definition } };
    for (const code of seriousness) yield { ...own, record: { kind: 'word', list: 'priority', code } };
    yield* mappedLog(mapping).read(bytes);
  },
};
