import { existsSync } from 'node:fs';
import { UnusableAddress } from '../event-store/unusable-address.ts';

const DATABASE = 'sourcefold';
const DATABASE_NAME = /^[^/\\. "$*<>:|?\0]{1,63}$/;
const FILES = ['tlsCAFile', 'tlsCertificateKeyFile', 'tlsCRLFile'] as const;
const SECRET_OPTIONS = /password|token|properties/i;

/** The path of the URL; without one, our own name. */
export const databaseOf = (url: string): string => {
  const path = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]+)/.exec(url)?.[1];
  return path === undefined ? DATABASE : decoded(path);
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const optionsOf = (url: string): URLSearchParams => new URLSearchParams(url.split('?')[1] ?? '');

export const hasOption = (url: string): ((name: string) => boolean) => {
  const given = new Set([...optionsOf(url).keys()].map((name) => name.toLowerCase()));
  return (name) => given.has(name.toLowerCase());
};

export const assertDatabase = (name: string): void => {
  if (!DATABASE_NAME.test(name)) throw new UnusableAddress('the path of the URL is no name of a database');
};

/** The driver would look for them only when it connects, and then again and again. */
export const assertFiles = (url: string): void => {
  const options = optionsOf(url);
  for (const option of FILES) {
    const path = options.get(option);
    if (path !== null && !existsSync(path)) throw new UnusableAddress(`${option}: there is no file ${path}`);
  }
};

/** Whatever of the URL may be a secret, however it was mistyped: all before its options, and some of those. */
const secretsIn = (url: string): readonly string[] => {
  const [place = ''] = url.split('?');
  const values = [...optionsOf(url)].filter(([name]) => SECRET_OPTIONS.test(name)).map(([, value]) => value);
  const parts = [...place.replace(/^[^:]*:\/\//, '').split(/[:@/,]/), ...values];
  return parts.flatMap((part) => [part, decoded(part)]).filter((part) => part !== '');
};

/** What the driver says of a URL, where it does not repeat a part of it that may be secret. */
export const refusalOf = (url: string, words: string): UnusableAddress => {
  const isShown = secretsIn(url).every((secret) => !words.includes(secret));
  return new UnusableAddress(
    isShown
      ? `not a URL that MongoDB's driver takes: ${words}`
      : "not a URL that MongoDB's driver takes, such as mongodb://user:password@host:27017/sourcefold (with %40 for an @ in the password)",
  );
};
