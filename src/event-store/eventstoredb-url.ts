import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import connectionStrings from '@eventstore/db-client/dist/Client/parseConnectionString.js';
import type { EndPoint } from '@eventstore/db-client/dist/types/index.js';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { isUnverified, unverified } from './tls-verification.ts';
import { UnusableAddress } from './unusable-address.ts';

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

/** The client whose parser this is would warn that it has no effect. Here it has. */
const takeVerification = (url: string): { readonly isVerified: boolean; readonly rest: string } => ({
  isVerified: !isUnverified(url),
  rest: url.replace(unverified, '$1').replace(/[?&]$/, ''),
});

type Parsed = ReturnType<typeof connectionStrings.parseConnectionString> & { readonly isVerified: boolean };

const parse = (url: string): Parsed => {
  try {
    const { login, rest } = takeLogin(url.trim());
    const { isVerified, rest: known } = takeVerification(rest);
    const options = connectionStrings.parseConnectionString(known);
    return { ...options, isVerified, ...(login === undefined ? {} : { defaultCredentials: login }) };
  } catch {
    throw new UnusableAddress(
      'not a connection string: esdb://[user:password@]host:port[,host:port]?tls=true&tlsCAFile=…',
    );
  }
};

const isPort = (port: number): boolean => port >= 1 && port <= 65_535;

const fileOf = (option: string, path: string | undefined): Buffer | null => {
  if (path === undefined) return null;
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UnusableAddress(`${option} cannot be read: ${error instanceof Error ? error.message : path}`);
  }
};

const secureCredentials = ({ tlsCAFile, userKeyFile, userCertFile, isVerified }: Parsed): ChannelCredentials => {
  const authority = fileOf('tlsCAFile', tlsCAFile);
  const key = fileOf('userKeyFile', userKeyFile);
  const certificate = fileOf('userCertFile', userCertFile);
  const trusting = { rejectUnauthorized: false, checkServerIdentity: () => undefined };
  try {
    // Otherwise a file without any would mean that nobody is believed.
    if (authority !== null) new X509Certificate(authority);
    return credentials.createSsl(authority, key, certificate, isVerified ? {} : trusting);
  } catch (error) {
    const files = [tlsCAFile, userKeyFile, userCertFile].filter((file) => file !== undefined).join(', ');
    const why = error instanceof Error ? error.message : 'unusable';
    throw new UnusableAddress(`not certificates and keys in PEM: ${files} (${why})`);
  }
};

const milliseconds = (given: number | undefined, otherwise: number): number => {
  const chosen = given ?? otherwise;
  return chosen < 0 ? Number.MAX_SAFE_INTEGER : chosen;
};

/** Reads a connection string as EventStoreDB's clients do, with the certificates that it names. */
export const targetOf = (url: string): Target => {
  const options = parse(url);
  if (options.nodePreference !== undefined && options.nodePreference !== 'leader')
    throw new UnusableAddress(
      `nodePreference=${options.nodePreference} cannot be had: decisions must see the newest events, so only leader can`,
    );
  if ((options.userCertFile === undefined) !== (options.userKeyFile === undefined))
    throw new UnusableAddress('userCertFile and userKeyFile belong together');
  // Its number is not repeated: where an @ was forgotten, it is a password.
  if (!options.hosts.every(({ port }) => isPort(port)))
    throw new UnusableAddress('no such port: ports are whole numbers from 1 to 65535, as in esdb://host:2113');
  const isSecure = options.tls !== false;
  const login = options.defaultCredentials;
  return {
    endpoints: options.hosts,
    isCluster: options.dnsDiscover || options.hosts.length > 1,
    channelCredentials: isSecure ? secureCredentials(options) : credentials.createInsecure(),
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
