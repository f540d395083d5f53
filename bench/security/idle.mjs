/** A server that does nothing but answer at once. */
import { createServer } from 'node:http';

const server = createServer((_, response) => response.end('idle')).listen(0, '127.0.0.1', () => {
  process.send(`http://127.0.0.1:${server.address().port}`);
});
process.on('disconnect', () => process.exit());
