/**
 * The picture in docs/architecture.md: the folders of `src/` and which imports which, drawn from the tree as it is. An arrow that
 * follows from others is left out. `npm run architecture:write` writes it; with `--check` it says whether the page still has it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const page = 'docs/architecture.md';
const [opens, closes] = ['```mermaid\n', '```\n'];

/** The name of what a file of `src/` belongs to: its folder, or itself where it is in none. */
const roomOf = (path) => path.split('/')[1];

/** Modules imported, and files that a thread is started on. */
const imported = /(?:from |import\(|import |new URL\()'(\.[^']+)\.js'/g;

function importsByRoom() {
  const rooms = new Map();
  for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.endsWith('.ts')) continue;
    const file = join('src', name);
    const room = rooms.get(roomOf(file)) ?? new Set();
    rooms.set(roomOf(file), room);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(imported)) {
      const other = roomOf(`${join(dirname(file), path)}.ts`);
      if (other !== roomOf(file)) room.add(other);
    }
  }
  return rooms;
}

/** Whether one leads to another by more than one arrow. The folders form no circle: a rule of imports sees to it. */
function leadsRound(rooms, from, to) {
  const reaches = (room) => room === to || [...(rooms.get(room) ?? [])].some(reaches);
  return [...rooms.get(from)].some((next) => next !== to && reaches(next));
}

function picture() {
  const rooms = importsByRoom();
  const id = (room) => room.replace(/\W/g, '_');
  const nodes = [...rooms.keys()].map((room) => `  ${id(room)}["${room.endsWith('.ts') ? room : `${room}/`}"]\n`);
  const arrows = [...rooms].flatMap(([from, others]) =>
    [...others].sort().flatMap((to) => (leadsRound(rooms, from, to) ? [] : [`  ${id(from)} --> ${id(to)}\n`])),
  );
  return `flowchart TD\n${nodes.join('')}${arrows.join('')}`;
}

const text = readFileSync(page, 'utf8');
const from = text.indexOf(opens) + opens.length;
const drawn = text.slice(0, from) + picture() + text.slice(text.indexOf(closes, from));
if (!process.argv.includes('--check')) writeFileSync(page, drawn);
else if (drawn !== text) {
  console.error(`${page} shows other folders or imports than src/ has. Run npm run architecture:write.`);
  process.exitCode = 1;
}
