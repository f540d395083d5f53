import { auditResolvers } from '../audit/audit-api.module.js';
import { planResolvers } from '../catalogue/catalogue-api.module.js';
import { reportResolvers } from '../reports/reports-api.module.js';
import { slaResolvers } from '../reports/breaches-api.module.js';
import { webhookResolvers } from '../webhooks/webhooks-api.module.js';
import { ticketResolvers } from '../tickets/tickets-api.module.js';

/** Every resolver of the API. */
export const allResolvers = [
  ...ticketResolvers,
  ...slaResolvers,
  ...reportResolvers,
  ...planResolvers,
  ...auditResolvers,
  ...webhookResolvers,
];
