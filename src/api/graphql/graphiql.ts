import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type FastifyInstance } from 'fastify';

const require = createRequire(import.meta.url);

/** The page's parts, all from packages of ours: a browser asks nobody else. */
const assets = {
  'react.js': ['react', 'umd/react.production.min.js', 'text/javascript'],
  'react-dom.js': ['react-dom', 'umd/react-dom.production.min.js', 'text/javascript'],
  'graphiql.js': ['graphiql', 'graphiql.min.js', 'text/javascript'],
  'graphiql.css': ['graphiql', 'graphiql.min.css', 'text/css'],
  'graphql-ws.js': ['graphql-ws', 'umd/graphql-ws.min.js', 'text/javascript'],
} as const;

const firstQuery = `# Pledge: what to do next, and how promises were kept.
{
  workQueue(first: 5) {
    edges { node { reference subject status plan { code } clocks { metric state dueAt remainingMs } } }
  }
  slaSummary { lines { plan metric month met metLate breached attainment } }
}
`;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Pledge – GraphQL</title>
<link rel="icon" href="/graphiql/icon.svg">
<link rel="stylesheet" href="/graphiql/graphiql.css">
<style>html, body, #graphiql { height: 100%; margin: 0 }</style>
</head>
<body>
<div id="graphiql">Loading…</div>
<script src="/graphiql/react.js"></script>
<script src="/graphiql/react-dom.js"></script>
<script src="/graphiql/graphql-ws.js"></script>
<script src="/graphiql/graphiql.js"></script>
<script src="/graphiql/start.js"></script>
</body>
</html>
`;

/** A clock, for the browser's tab. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#2b6cb0" stroke-width="2"
  stroke-linecap="round"><circle cx="8" cy="8" r="7"/><path d="M8 4v4l3 2"/></svg>
`;

/** A key may come in the address's fragment, which no server sees; it goes to the editor of headers, and is sent from there. */
const start = `const key = new URLSearchParams(location.hash.slice(1)).get('key') ?? 'paste a key here';
history.replaceState(null, '', location.pathname);
const defaultHeaders = JSON.stringify({ authorization: 'Bearer ' + key }, null, 2);
let connectionParams = {};
const wsClient = graphqlWs.createClient({
  url: location.href.replace(/^http/, 'ws'),
  connectionParams: () => connectionParams,
});
const send = GraphiQL.createFetcher({ url: '/graphql', wsClient });
const newFetcher = () => (query, options) => {
  connectionParams = options?.headers ?? {};
  return send(query, options);
};
const keyIn = (headers) => /Bearer +([^\\s"]{20,})/.exec(headers)?.[1];
/** With another fetcher GraphiQL asks for the schema again, and shows its docs: so with each key that is pasted, or typed to its end. */
function Page() {
  const [fetcher, setFetcher] = React.useState(newFetcher);
  const known = React.useRef(keyIn(defaultHeaders));
  const typing = React.useRef();
  const onEditHeaders = (headers) => {
    clearTimeout(typing.current);
    typing.current = setTimeout(() => {
      const key = keyIn(headers);
      if (key === undefined || key === known.current) return;
      known.current = key;
      setFetcher(newFetcher);
    }, 300);
  };
  return React.createElement(GraphiQL, {
    fetcher, onEditHeaders, defaultQuery: query, defaultHeaders, defaultEditorToolsVisibility: 'headers',
  });
}
const query = ${JSON.stringify(firstQuery)};
ReactDOM.createRoot(document.getElementById('graphiql')).render(React.createElement(Page));
`;

/** Serves GraphiQL at `/graphql` to whoever asks for a page; programs get the API. */
export function serveGraphiql(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const wantsPage = request.method === 'GET' && request.headers.accept?.includes('text/html') === true;
    if (wantsPage && (request.url === '/graphql' || request.url === '/')) {
      void reply.type('text/html; charset=utf-8').send(page);
      return;
    }
    done();
  });
  server.get('/graphiql/icon.svg', (_, reply) => reply.type('image/svg+xml').send(icon));
  server.get('/graphiql/start.js', (_, reply) => reply.type('text/javascript').send(start));
  for (const [name, [owner, file, type]] of Object.entries(assets)) {
    const path = join(dirname(require.resolve(`${owner}/package.json`)), file);
    const content = readFileSync(path); // once: each answer that waits to be read shares it
    server.get(`/graphiql/${name}`, (_, reply) =>
      reply.type(type).header('cache-control', 'max-age=86400').send(content),
    );
  }
}
