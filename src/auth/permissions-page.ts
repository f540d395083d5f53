import { type GraphQLSchema, isObjectType } from 'graphql';
import { type Permission, permissions, roles } from './permissions.js';
import { permissionOf, rootTypesOf } from './requires.js';

/** The page of who may do what, printed from what the schema's operations declare. */
export function permissionsPage(schema: GraphQLSchema): string {
  const operations = rootTypesOf(schema).flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({
      kind: type.name.toLowerCase(),
      field,
      permission: permissionOf(field),
    })),
  );
  const names = Object.keys(roles);
  const fields = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !rootTypesOf(schema).includes(type))
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) => {
        const permission = permissionOf(field);
        return permission === undefined ? [] : [rowOf([`\`${type.name}.${field.name}\``], permission)];
      }),
    );
  const rows = operations.map(({ kind, field, permission }) => rowOf([kind, `\`${field.name}\``], permission));
  return `# Who may do what

\`npm run schema:write\` writes this page from the declarations in the code; a check compares them. How to get a role,
and how a key speaks for a person: [identity.md](identity.md).

${table(
  ['role', 'who'],
  Object.entries(roles).map(([role, who]) => row([`\`${role}\``, who])),
)}

A permission allows:

${table(['permission', 'allows to', 'also for tokens of some customers'], Object.entries(permissions).map(permissionRow))}

${table(['', 'operation', 'requires', ...names], rows)}

These fields require one more permission than their operation. Without it, the whole request is refused:

${table(['field', 'requires', ...names], fields)}

Besides the API there are two pages:

${table(
  ['page', 'requires', ...names],
  [
    `| \`GET /health\`, only the status | nothing, not even a key |${' yes |'.repeat(names.length)}`,
    rowOf(['`GET /health`, in full'], 'operate'),
    rowOf(['`GET /metrics`'], 'operate'),
  ],
)}

## What tokens of some customers can learn about others

Nothing about their tickets, not even that they exist. But two things are visible to everybody. The first are the plans and calendars
of the desk, including those for a single customer: put nothing secret into their codes and names. The second are ids of tickets: an
opening with an id that exists already is refused.

## Tokens of some customers, and ids that were joined

Two ids of one company may be joined from a date on ([plans.md](plans.md)). Who may see a ticket depends on the customer that is recorded on
it. What names the old id from that date on is recorded as the survivor's: tokens limited to the survivor may open and see it, tokens limited to the
old id may not. Tickets from before keep the old id: tokens limited to the survivor do not see them. Nobody sees more by a join than before it. For
both, give a token or key both ids; to join, it must have both, too.

Such a token can also estimate how much the desk does as a whole. Positions, cursors and heartbeats of the feed are places in one log,
and grow with the events of all customers. They do not show whose events, or which. This cannot be avoided: with a place in the log a
writer can read its own write, and a listener can continue without a gap. Places counted for each customer would need a log for each.
`;
}

/** What takes a permission, with the roles that have it. */
const rowOf = (cells: readonly string[], permission: Permission | undefined) =>
  row([...cells, `\`${permission ?? '?'}\``, ...Object.keys(roles).map((role) => mark(permission, role))]);

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly string[]) =>
  [row(head), row(head.map(() => '---')), ...rows].join('\n');

const permissionRow = ([name, { to, ...rest }]: [string, { readonly to: string }]) =>
  row([`\`${name}\``, to, 'ofEveryone' in rest ? 'no' : 'yes']);

const mark = (permission: Permission | undefined, role: string) =>
  permission !== undefined && permissions[permission].roles.some((having) => having === role) ? 'yes' : '–';
