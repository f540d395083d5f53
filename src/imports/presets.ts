import { fileURLToPath } from 'node:url';

/** Desks whose exports have mappings of ours; each is a file in `examples/presets`. */
export const presets = [
  'zendesk',
  'jira-service-management',
  'freshdesk',
  'zammad',
  'glpi',
  'servicenow',
  'github-issues',
] as const;

export const presetFile = (name: (typeof presets)[number]): string =>
  fileURLToPath(new URL(`../../examples/presets/${name}.yaml`, import.meta.url));
