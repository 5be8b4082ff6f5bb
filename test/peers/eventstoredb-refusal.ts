import { Metadata, type ServerErrorResponse, type status } from '@grpc/grpc-js';

/** An error as the server sends it: a gRPC status, and trailers that name it. */
export const refusal = (code: status, details: string, trailers: Readonly<Record<string, string>> = {}) => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  const error: ServerErrorResponse = Object.assign(new Error(details), { code, details, metadata });
  return error;
};
