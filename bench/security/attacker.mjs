/** A client that does one attack again and again until it is told to stop; then it says what it was answered. */
import { attacks } from './attacks.mjs';

const [name, url, keys] = process.argv.slice(2);
const { width = 1, attack } = attacks.find((each) => each.name === name);
const answers = {};
const door = {
  url,
  keys: JSON.parse(keys),
  answered: (what) => (answers[what] = (answers[what] ?? 0) + 1),
};

process.on('message', () => process.send(answers, () => process.exit()));
process.on('disconnect', () => process.exit());

async function lane(number) {
  for (let round = 0; ; round++) await attack(door, round * width + number);
}
for (let number = 0; number < width; number++) void lane(number);
process.send('attacking');
