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

Printed from the declarations in the code by \`npm run schema:write\`; a check compares them. How somebody comes by a role:
[identity.md](identity.md).

${table(
  ['role', 'who'],
  Object.entries(roles).map(([role, who]) => row([`\`${role}\``, who])),
)}

A permission is to:

${table(['permission', 'to', 'also for tokens of some customers'], Object.entries(permissions).map(permissionRow))}

${table(['', 'operation', 'takes', ...names], rows)}

A field that takes a permission beyond that of its operation. Whoever asks for it without is refused the whole request:

${table(['field', 'takes', ...names], fields)}

Besides the API there are two pages:

${table(
  ['page', 'takes', ...names],
  [
    `| \`GET /health\`, whether all is well | nothing, no key either |${' yes |'.repeat(names.length)}`,
    rowOf(['`GET /health`, all of it'], 'operate'),
    rowOf(['`GET /metrics`'], 'operate'),
  ],
)}

## What tokens of some customers learn of the others

Nothing of their tickets, nor that there are any. But this is everybody's: the plans and calendars of the desk, those made for a
single customer too, so put nothing into their codes and names that others must not read; and an id of a ticket that is taken
is refused to whoever opens another by it.

How much the desk does as a whole can be counted: positions, cursors and heartbeats of the feed are places in one log, and grow with
what is recorded of every customer. Of whom, and what, they do not tell. It cannot be helped: with a place in the log a writer reads
what it wrote, and a listener goes on without a gap; places that were counted for each customer would be another log for each.
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
