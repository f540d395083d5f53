import { type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type LogRecord, metastreamOf, type WireLog } from './log.js';
import { callError } from './messages.js';

/** Read, write, delete, read metadata, write metadata. */
export type Right = 'r' | 'w' | 'd' | 'mr' | 'mw';

export interface User {
  password: string;
  readonly groups?: readonly string[];
  isDisabled?: boolean;
}

/** Who makes a call: by the header that it came with, or nobody; on a node without users it is anybody. */
export type Caller = string | undefined;

type Acl = Readonly<Partial<Record<`$${Right}`, string | readonly string[]>>>;

const everybody: Acl = { $r: '$all', $w: '$all', $d: '$all', $mr: '$all', $mw: '$all' };
const admins: Acl = { $r: '$admins', $w: '$admins', $d: '$admins', $mr: '$admins', $mw: '$admins' };

/**
 * Who may do what, as the server reads it from its own log: `$settings` says what holds where nothing is said of a stream, and
 * the metadata of a stream what holds there. An admin may do all; a node without users asks nobody.
 */
export class Rights {
  private readonly read = new WeakMap<LogRecord, object>();

  constructor(
    private readonly log: WireLog,
    /** By name; undefined for a node that is insecure. */
    readonly users: Map<string, User> | undefined,
  ) {}

  /** Who makes a call. @throws ServiceError where his password is wrong, or he is disabled */
  callerOf(metadata: Metadata): Caller {
    const header = metadata.get('authorization')[0]?.toString();
    if (this.users === undefined || header === undefined) return undefined;
    if (this.nameOf(header) === undefined) {
      throw callError(status.UNAUTHENTICATED, 'Received HTTP status code 401');
    }
    return header;
  }

  allows(caller: Caller, stream: string, right: Right): boolean {
    if (this.users === undefined) return true;
    const name = caller === undefined ? undefined : this.nameOf(caller);
    if (name === undefined) return false;
    const groups = this.users.get(name)?.groups ?? [];
    if (name === 'admin' || groups.includes('$admins')) return true;
    if (stream.startsWith('$$')) return this.allows(caller, stream.slice(2), right === 'r' ? 'mr' : 'mw');
    const allowed = this.aclOf(stream)[`$${right}`] ?? this.defaultOf(stream)[`$${right}`] ?? [];
    return [allowed].flat().some((who) => who === '$all' || who === name || groups.includes(who));
  }

  /** The name of a user, if the password is his and he is not disabled. */
  private nameOf(header: string): string | undefined {
    const [, name = '', password] = /^([^:]*):(.*)$/s.exec(decoded(header)) ?? [];
    const user = this.users?.get(name);
    return user?.password === password && user?.isDisabled !== true ? name : undefined;
  }

  private aclOf(stream: string): Acl {
    return (this.parsed(metastreamOf(stream)) as { readonly $acl?: Acl }).$acl ?? {};
  }

  private defaultOf(stream: string): Acl {
    const said = this.parsed('$settings') as { readonly $userStreamAcl?: Acl; readonly $systemStreamAcl?: Acl };
    return stream.startsWith('$') ? { ...admins, ...said.$systemStreamAcl } : { ...everybody, ...said.$userStreamAcl };
  }

  /** The data of the last event of a stream. */
  private parsed(stream: string): object {
    const last = this.log.lastOf(stream);
    if (last === undefined) return {};
    const known = this.read.get(last) ?? (JSON.parse(Buffer.from(last.data).toString('utf8')) as object);
    this.read.set(last, known);
    return known;
  }
}

const decoded = (header: string) => Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8');

export const accessDenied = (): ServiceError =>
  callError(status.PERMISSION_DENIED, 'Access Denied.', { exception: 'access-denied' });
