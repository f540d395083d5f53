import { type GraphQLSchema } from 'graphql';
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
  const rows = operations.map(({ kind, field, permission }) =>
    row([kind, `\`${field.name}\``, `\`${permission ?? '?'}\``, ...names.map((role) => mark(permission, role))]),
  );
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
`;
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly string[]) =>
  [row(head), row(head.map(() => '---')), ...rows].join('\n');

const permissionRow = ([name, { to, ...rest }]: [string, { readonly to: string }]) =>
  row([`\`${name}\``, to, 'ofEveryone' in rest ? 'no' : 'yes']);

const mark = (permission: Permission | undefined, role: string) =>
  permission !== undefined && permissions[permission].roles.some((having) => having === role) ? 'yes' : '–';
