import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { EventMetadata } from '../../src/domain/event.ts';

/** Events as releases have written them, one at least of every type and version. Add to them, and never change one. */
export const samples = z
  .array(z.strictObject({ type: z.string(), schemaVersion: z.int(), data: z.record(z.string(), z.unknown()) }))
  .parse(JSON.parse(readFileSync(new URL('../event-store/samples.json', import.meta.url), 'utf8')));

export const exampleMetadata: EventMetadata = {
  recordedAt: '2026-03-02T09:00:00.000Z',
  actor: 'key-1',
  channel: 'web-uk',
  commandId: 'command',
  correlationId: 'correlation',
  causationId: 'causation',
};
