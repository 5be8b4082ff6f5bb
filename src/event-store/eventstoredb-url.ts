import { readFileSync } from 'node:fs';
import connectionStrings from '@eventstore/db-client/dist/Client/parseConnectionString.js';
import type { EndPoint } from '@eventstore/db-client/dist/types/index.js';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';

/** Where the log is and how to get in: what a connection string says. */
export type Target = {
  /** More than one, or one to discover others by: a cluster, whose members are asked who leads. */
  readonly endpoints: readonly EndPoint[];
  readonly isCluster: boolean;
  readonly channelCredentials: ChannelCredentials;
  /** Sent with every call, so never over an open line: there a server asks for nothing. */
  readonly authorization: string | null;
  readonly connectionName: string;
  readonly gossipTimeoutSeconds: number;
  readonly keepAliveMs: number;
  readonly keepAliveTimeoutMs: number;
};

type Login = { readonly username: string; readonly password: string };

const loginPattern = /^([^:]+:\/\/)([^:@/?]+):([^@/?]+)@/;

/** The parser repeats the text in its warnings and errors, so it is not given the password. */
const takeLogin = (url: string): { readonly login: Login | undefined; readonly rest: string } => {
  const [, scheme, username, password] = loginPattern.exec(url) ?? [];
  if (scheme === undefined || username === undefined || password === undefined) return { login: undefined, rest: url };
  const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { login, rest: url.replace(loginPattern, scheme) };
};

const parse = (url: string): ReturnType<typeof connectionStrings.parseConnectionString> => {
  try {
    const { login, rest } = takeLogin(url.trim());
    const options = connectionStrings.parseConnectionString(rest);
    return login === undefined ? options : { ...options, defaultCredentials: login };
  } catch {
    throw new TypeError('not a connection string: esdb://[user:password@]host:port[,host:port]?tls=true&tlsCAFile=…');
  }
};

const fileOf = (path: string | undefined): Buffer | null => (path === undefined ? null : readFileSync(path));

const milliseconds = (given: number | undefined, otherwise: number): number => {
  const chosen = given ?? otherwise;
  return chosen < 0 ? Number.MAX_SAFE_INTEGER : chosen;
};

/** Reads a connection string as EventStoreDB's clients do, with the certificates that it names. */
export const targetOf = (url: string): Target => {
  const options = parse(url);
  if (options.nodePreference !== undefined && options.nodePreference !== 'leader')
    throw new TypeError(
      `nodePreference=${options.nodePreference}: decisions must see the newest events, so only leader`,
    );
  if ((options.userCertFile === undefined) !== (options.userKeyFile === undefined))
    throw new TypeError('userCertFile and userKeyFile belong together');
  const isSecure = options.tls !== false;
  const login = options.defaultCredentials;
  return {
    endpoints: options.hosts,
    isCluster: options.dnsDiscover || options.hosts.length > 1,
    channelCredentials: isSecure
      ? credentials.createSsl(fileOf(options.tlsCAFile), fileOf(options.userKeyFile), fileOf(options.userCertFile))
      : credentials.createInsecure(),
    authorization:
      isSecure && login !== undefined
        ? `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
        : null,
    connectionName: options.connectionName ?? 'sourcefold',
    gossipTimeoutSeconds: options.gossipTimeout ?? 2,
    keepAliveMs: milliseconds(options.keepAliveInterval, 10_000),
    keepAliveTimeoutMs: milliseconds(options.keepAliveTimeout, 10_000),
  };
};
