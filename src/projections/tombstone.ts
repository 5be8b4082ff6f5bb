import type { Document } from './projection.ts';
import type { Stored } from './read-store.ts';

/**
 * What stands where a document was deleted. The document's position must go on guarding its place: a projector that was stopped
 * in the middle of a write, and lost its lease, would otherwise bring the document back. Without fields it is in no index.
 */
export const TOMBSTONE: Document = Object.freeze({});

export const isTombstone = ({ body }: Pick<Stored, 'body'>): boolean => Object.keys(body).length === 0;

export const isPresent = (stored: Pick<Stored, 'body'>): boolean => !isTombstone(stored);
