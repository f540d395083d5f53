/** How much one caller, or all together, may ask of the server. */
export interface Limits {
  /** The largest request, and the largest message of a socket, in bytes. */
  readonly bodyBytes: number;
  /** Values in the JSON of a request, those within others among them, and how deep they may be. */
  readonly jsonValues: number;
  readonly jsonDepth: number;
  /** The longest list in an input. */
  readonly listItems: number;
  /** Characters of a GraphQL document, and its lines: the place of each error in it is found by counting them. */
  readonly documentChars: number;
  readonly documentLines: number;
  /** Characters of a name in it: an answer repeats it in each row. */
  readonly nameChars: number;
  /** Tokens of a GraphQL document. */
  readonly tokens: number;
  /** Fields inside each other. */
  readonly depth: number;
  /** Fields beside each other at the root: each is a query, or a durable write, of its own. */
  readonly rootFields: number;
  /** Fields beside each other elsewhere. */
  readonly breadth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields of the largest answer that a document can have. */
  readonly cost: number;
  /** What a query costs beside its answer that may look at many rows; in fields. */
  readonly scanCost: number;
  /** Connections, of HTTP and WebSocket together: of all, and of one address. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly sockets: { readonly total: number; readonly perAddress: number; readonly perIdentity: number };
  /** Sockets of one address that have not said whose they are. */
  readonly unknownSockets: number;
  /** What such a socket may send, in bytes. */
  readonly unknownBytes: number;
  /** Bytes that one identity may hold of our memory: what it is sending, and what waits until it reads. */
  readonly heldBytes: { readonly perIdentity: number; readonly total: number };
  /** The largest answer, in characters of JSON. */
  readonly answerChars: number;
  /** Operations under way on sockets: a subscription is one until it ends, any other until its answer is sent. */
  readonly operations: { readonly total: number; readonly perIdentity: number; readonly perSocket: number };
  /** What may wait for a client that does not read, in bytes. */
  readonly unreadBytes: number;
  /** How long the headers of a request may take to arrive. */
  readonly headersMs: number;
  /** How long all of a request may take to arrive. */
  readonly requestMs: number;
  /** How long a connection may say nothing. */
  readonly idleMs: number;
  /** How often late requests are looked for. */
  readonly checkMs: number;
  /** How long a socket may take to say who it is. */
  readonly initMs: number;
  /** How often a socket is asked whether it is still there; one that has not answered by the next time is let go. */
  readonly pingMs: number;
}

/** The limits of a server: ten times what the tour, the examples and GraphiQL ask. */
export const standardLimits: Limits = {
  bodyBytes: 4 * 1024 * 1024, // a thousand events with room
  jsonValues: 100_000, // a thousand events with all their fields, or the largest calendar
  jsonDepth: 100,
  listItems: 5_000, // the holidays of a calendar
  documentChars: 100_000,
  documentLines: 4_000,
  nameChars: 200,
  tokens: 2_000,
  depth: 10,
  rootFields: 20,
  breadth: 100,
  aliases: 30,
  directives: 30,
  cost: 100_000, // the largest page of tickets, with all that is known of them, has fifty thousand
  scanCost: 10_000, // a dashboard asks four or five of them together
  connections: 5_000,
  connectionsPerAddress: 1_000,
  sockets: { total: 1_000, perAddress: 500, perIdentity: 100 },
  unknownSockets: 100, // a second of an office's, all coming back at once
  unknownBytes: 16 * 1024, // a token of eight kilobytes, with room
  heldBytes: { perIdentity: 64 * 1024 * 1024, total: 256 * 1024 * 1024 }, // four of the largest answers; a container of 2 GB
  answerChars: 16 * 1024 * 1024, // as many fields as there may be, each of 160 characters: three times the largest honest page
  operations: { total: 5_000, perIdentity: 200, perSocket: 50 },
  unreadBytes: 1024 * 1024,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 60_000,
  checkMs: 5_000,
  initMs: 5_000,
  pingMs: 12_000,
};
