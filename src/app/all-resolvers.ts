import { auditResolvers } from '../audit/audit-api.module.js';
import { catalogueResolvers } from '../catalogue/catalogue-api.module.js';
import { reportResolvers } from '../reports/reports-api.module.js';
import { deadlineResolvers } from '../deadlines/deadlines-api.module.js';
import { feedResolvers } from '../feed/feed-api.module.js';
import { webhookResolvers } from '../webhooks/webhooks-api.module.js';
import { ticketResolvers } from '../tickets/tickets-api.module.js';

/** Every resolver of the API. */
export const allResolvers = [
  ...ticketResolvers,
  ...feedResolvers,
  ...deadlineResolvers,
  ...reportResolvers,
  ...catalogueResolvers,
  ...auditResolvers,
  ...webhookResolvers,
];
