import type { CollectionSpec, ReadStore, Write } from '../../src/projections/read-store.ts';

export type OpenReadStore = {
  readonly store: ReadStore;
  /** A second store on the same data, as another process would open it. */
  readonly another: () => Promise<ReadStore>;
  readonly remove: () => Promise<void>;
};

export const position = (count: number): string => String(count).padStart(16, '0');

export const parcels: CollectionSpec = {
  name: 'parcels@1.2',
  indexes: [['carrier', 'sentAt'], ['sentAt'], ['carrier', 'express', 'weight']],
};

export const parcel = (id: string, count: number, body: Readonly<Record<string, unknown>>): Write => ({
  id,
  position: position(count),
  body,
});

export const gone = (id: string, count: number): Write => ({ id, position: position(count), body: null });

export const shipped: readonly Write[] = [
  parcel('p1', 1, { carrier: 'swift', sentAt: '2026-01-01', weight: 9, express: true }),
  parcel('p2', 2, { carrier: 'swift', sentAt: '2026-01-02', weight: 10, express: false }),
  parcel('p3', 3, { carrier: 'steady', sentAt: '2026-01-02', weight: 2, express: true }),
  parcel('p4', 4, { carrier: 'swift', sentAt: '2026-01-02', weight: 100, express: true }),
  parcel('p5', 5, { carrier: 'swift', weight: 1, express: true }),
];
