import { hash } from 'node:crypto';

/** The UUID that a name has within a namespace: version 5 (RFC 9562 §5.5). */
export const nameBasedUuid = (namespace: string): ((name: string) => string) => {
  const prefix = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  return (name) => {
    const digest = hash('sha1', Buffer.concat([prefix, Buffer.from(name)]));
    const variant = '89ab'.charAt(Number.parseInt(digest.charAt(16), 16) % 4);
    return [
      digest.slice(0, 8),
      digest.slice(8, 12),
      `5${digest.slice(13, 16)}`,
      `${variant}${digest.slice(17, 20)}`,
      digest.slice(20, 32),
    ].join('-');
  };
};
