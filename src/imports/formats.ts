import { type ImportFormat } from './import-record.js';
import { italianHelpdesk } from './formats/italian-helpdesk.js';
import { pledgeNdjson } from './formats/pledge-ndjson.js';

/** Every kind of log that can be read; the next is one module more. */
export const formats: readonly ImportFormat[] = [pledgeNdjson, italianHelpdesk];
