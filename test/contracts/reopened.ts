import type { EventStore } from '../../src/event-store/event-store.ts';
import type { StoreUnderTest } from './event-store.ts';

/** Store objects on one log, all of which are closed in the end; `end` then does away with the log itself. */
export const reopened = (create: () => EventStore, end: () => Promise<void> = async () => {}): StoreUnderTest => {
  const opened: EventStore[] = [];
  const open = (): EventStore => {
    const store = create();
    opened.push(store);
    return store;
  };
  return {
    store: open(),
    reopen: async () => open(),
    cleanup: async () => {
      for (const store of opened) await store.close();
      await end();
    },
  };
};
